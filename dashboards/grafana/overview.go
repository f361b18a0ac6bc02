package grafana

// overview is the start page: who answers, what burns, and how it went.
func overview(Options) model {
	const answering = `sum by (municipality) (municipality_centre:samdrift_device_up:sum) / sum by (municipality) (municipality_centre:samdrift_device_up:count)`
	return model{
		UID: "samdrift-overview", Title: "Samdrift: overblik",
		Description: "Hele samarbejdet, inden for det du må se: hvad der svarer, hvilke alarmer der er, og hvordan det er gået.",
		Panels: []panel{
			stat("Udstyr der svarer", "Andel af servere og netværksudstyr, som svarede på den seneste måling.", "percentunit",
				`sum(municipality_centre:samdrift_device_up:sum) / sum(municipality_centre:samdrift_device_up:count)`).decimals(1).falling(0.9, 0.98).at(0, 0, 6, 4),
			stat("Udstyr i overvågning", "Antal servere og netværksudstyr, der måles.", "none",
				`sum(municipality_centre:samdrift_device_up:count)`).at(6, 0, 6, 4),
			stat("Kritiske alarmer", "Alarmer, som nogen bør se på nu.", "none",
				`count(ALERTS{alertstate="firing", severity="critical"}) or 0 * sum(municipality_centre:samdrift_device_up:count)`).rising(1, 5).at(12, 0, 6, 4),
			stat("Advarsler", "Alarmer, som nogen bør se på i dag.", "none",
				`count(ALERTS{alertstate="firing", severity="warning"}) or 0 * sum(municipality_centre:samdrift_device_up:count)`).rising(1, 20).at(18, 0, 6, 4),
			bars("Svarer, pr. kommune", "Andel af kommunens udstyr, som svarede på den seneste måling.", "percentunit",
				answering, "{{municipality}}").between(0, 1).falling(0.9, 0.98).at(0, 4, 8, 11),
			table("Alarmer", "Alarmer, der gælder nu. Vejledningen til hver alarm står i docs/runbooks.", "none",
				`ALERTS{alertstate="firing"}`, "", [2]string{"severity", "Alvor"}, [2]string{"alertname", "Alarm"},
				[2]string{"municipality", "Kommune"}, [2]string{"instance", "Udstyr"}, [2]string{"service", "System"}).at(8, 4, 16, 11),
			lines("Svarer, over tid", "Andel af kommunens udstyr, der svarede. Et hul betyder: ikke målt.", "percentunit",
				over(answering, "{{municipality}}")).between(0, 1).at(0, 15, 12, 9),
			lines("Trafik ind på målte porte", "Summen af modtaget trafik på de porte, der måles.", "bps",
				over(`8 * sum by (municipality) (municipality_centre:ifHCInOctets:rate5m)`, "{{municipality}}")).at(12, 15, 12, 9),
			bars("De ti fuldeste diske", "Diske efter hvor stor en andel der er brugt.", "percentunit",
				`topk(10, instance_volume:samdrift_storage_used:ratio)`, "{{instance}} {{volume}}").between(0, 1).rising(0.9, 0.97).at(0, 24, 12, 9),
			bars("Udnyttelse af netværksforbindelser", "Andel af forbindelsens hastighed, der er i brug.", "percentunit",
				`max by (municipality) (samdrift_link_utilisation_ratio)`, "{{municipality}}").between(0, 1).rising(0.7, 0.9).at(12, 24, 12, 9),
		},
	}
}
