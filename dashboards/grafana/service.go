package grafana

// service is about links and service levels: what users notice.
func service(Options) model {
	return model{
		UID: "samdrift-service", Title: "Samdrift: forbindelser og serviceniveau",
		Description: "Forbindelser til driftscentrene og systemernes oppetid, set fra kommunen og fra driften. Det aftalte serviceniveau opgøres i samdrift; her ses målingerne.",
		Time:        timeRange{From: "now-7d"},
		Panels: []panel{
			lines("Svartid til driftscentret", "Tid frem og tilbage over forbindelsen.", "s",
				over(`max by (municipality) (samdrift_link_latency_seconds)`, "{{municipality}}")).at(0, 0, 12, 9),
			lines("Udnyttelse af forbindelsen", "Andel af forbindelsens hastighed, der er i brug.", "percentunit",
				over(`max by (municipality) (samdrift_link_utilisation_ratio)`, "{{municipality}}")).between(0, 1).at(12, 0, 12, 9),
			stat("Systemer nede nu", "Systemer, som mindst ét målepunkt ser nede.", "none",
				`count(min by (municipality, service) (samdrift_service_up) == 0) or 0 * count(samdrift_service_up)`).rising(1, 5).at(0, 9, 6, 4),
			stat("Nede uden at driften ser det", "Systemer, som kommunen ser nede, mens driften ser dem oppe.", "none",
				`sum(service:undetected_outage:bool)`).rising(1, 2).at(6, 9, 6, 4),
			stat("Systemer målt fra kommunen", "Systemer med et målepunkt i kommunen.", "none",
				`count(group by (municipality, service) (samdrift_service_up{perspective="municipality"}))`).at(12, 9, 6, 4),
			stat("Systemer målt fra driften", "Systemer med et målepunkt hos driften.", "none",
				`count(group by (municipality, service) (samdrift_service_up{perspective="operator"}))`).at(18, 9, 6, 4),
			table("Oppetid i det viste tidsrum", "Andel af målingerne, hvor systemet virkede. Tid uden målinger tæller ikke med og er ikke oppetid.", "percentunit",
				`sort(avg by (municipality, service, perspective) (avg_over_time(samdrift_service_up[$__range])))`, "Oppetid",
				[2]string{"municipality", "Kommune"}, [2]string{"service", "System"}, [2]string{"perspective", "Set fra"}).decimals(2).falling(0.99, 0.999).at(0, 13, 14, 12),
			bars("Uopdaget nedetid i det viste tidsrum", "Tid, hvor kommunen så systemet nede, mens driften så det oppe.", "s",
				`topk(15, avg_over_time(service:undetected_outage:bool[$__range]) * $__range_s > 0)`, "{{service}} ({{municipality}})").rising(60, 600).at(14, 13, 10, 12),
			lines("Systemer oppe, set fra kommunen", "Andel af kommunens systemer, som virkede set fra kommunen.", "percentunit",
				over(`avg by (municipality) (samdrift_service_up{perspective="municipality"})`, "{{municipality}}")).between(0, 1).at(0, 25, 24, 9),
		},
	}
}
