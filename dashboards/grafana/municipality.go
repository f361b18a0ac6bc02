package grafana

// municipality is one municipality's page.
func municipality(o Options) model {
	return model{
		UID: "samdrift-municipality", Title: "Samdrift: kommune",
		Description: "En kommunes servere, netværk og forbindelse til driftscentret.",
		Templating:  list[variable]{List: []variable{municipalityVariable(o)}},
		Panels: []panel{
			stat("Udstyr der svarer", "Andel af kommunens udstyr, som svarede på den seneste måling.", "percentunit",
				`sum(municipality_centre:samdrift_device_up:sum{municipality="$municipality"}) / sum(municipality_centre:samdrift_device_up:count{municipality="$municipality"})`).decimals(1).falling(0.9, 0.98).at(0, 0, 6, 4),
			stat("Udstyr i overvågning", "Antal servere og netværksudstyr, der måles.", "none",
				`sum(municipality_centre:samdrift_device_up:count{municipality="$municipality"})`).at(6, 0, 6, 4),
			stat("Svartid til driftscentret", "Tid frem og tilbage over kommunens forbindelse.", "s",
				`max(samdrift_link_latency_seconds{municipality="$municipality"})`).rising(0.03, 0.05).at(12, 0, 6, 4),
			stat("Alarmer", "Alarmer for kommunen, der gælder nu.", "none",
				`count(ALERTS{alertstate="firing", municipality="$municipality"}) or 0 * sum(municipality_centre:samdrift_device_up:count{municipality="$municipality"})`).rising(1, 10).at(18, 0, 6, 4),
			table("Svarer ikke", "Udstyr, der ikke svarede på den seneste måling.", "none",
				`samdrift_device_up{municipality="$municipality"} == 0`, "", [2]string{"instance", "Udstyr"}, [2]string{"role", "Type"},
				[2]string{"site", "Sted"}, [2]string{"criticality", "Kritikalitet"}, [2]string{"job", "Målt af"}).at(0, 4, 12, 9),
			table("Alarmer", "Alarmer for kommunen, der gælder nu.", "none",
				`ALERTS{alertstate="firing", municipality="$municipality"}`, "", [2]string{"severity", "Alvor"}, [2]string{"alertname", "Alarm"},
				[2]string{"instance", "Udstyr"}, [2]string{"service", "System"}).at(12, 4, 12, 9),
			lines("De ti højeste processorbelastninger", "Gennemsnit over alle processorer i hver maskine.", "percent",
				over(`topk(10, samdrift_cpu_load_percent{municipality="$municipality"})`, "{{instance}}")).between(0, 100).at(0, 13, 12, 9),
			lines("De ti højeste hukommelsesforbrug", "Andel af fysisk hukommelse i brug.", "percent",
				over(`topk(10, samdrift_memory_used_percent{municipality="$municipality"})`, "{{instance}}")).between(0, 100).at(12, 13, 12, 9),
			bars("De femten fuldeste diske", "Diske efter hvor stor en andel der er brugt.", "percentunit",
				`topk(15, instance_volume:samdrift_storage_used:ratio{municipality="$municipality"})`, "{{instance}} {{volume}}").between(0, 1).rising(0.9, 0.97).at(0, 22, 12, 10),
			lines("Trafik på målte porte", "Summen af trafik på de porte, der måles.", "bps",
				over(`8 * sum(municipality_centre:ifHCInOctets:rate5m{municipality="$municipality"})`, "Ind"),
				over(`8 * sum(municipality_centre:ifHCOutOctets:rate5m{municipality="$municipality"})`, "Ud")).at(12, 22, 12, 10),
		},
	}
}
