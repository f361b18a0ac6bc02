package grafana

import "strings"

// with adds a matcher to a selector.
func with(selector, matcher string) string {
	return strings.TrimSuffix(selector, "}") + ", " + matcher + "}"
}

// device is the page of one server or network device.
func device(o Options) model {
	const one = `{municipality="$municipality", instance="$instance"}`
	return model{
		UID: "samdrift-device", Title: "Samdrift: udstyr",
		Description: "En server eller et stykke netværksudstyr: svarer det, og hvordan har det det.",
		Templating: list[variable]{List: []variable{
			municipalityVariable(o),
			queryVariable("instance", "Udstyr", `label_values(samdrift_device_up{municipality="$municipality"}, instance)`),
		}},
		Panels: []panel{
			states("Svarer", "Om udstyret svarede på målingerne. Et hul betyder: ikke målt.",
				over("max(samdrift_device_up"+one+")", "Svarer")).words("0", "Svarer ikke", "red").words("1", "Svarer", "green").at(0, 0, 12, 4),
			stat("Tid siden opstart", "Målt over SNMP begynder tallet forfra efter 497 dage.", "s",
				"max(samdrift_uptime_seconds"+one+")").at(12, 0, 6, 4),
			stat("Tid pr. måling", "Hvor længe den seneste måling tog.", "s",
				"max(samdrift_snmp_scrape_duration_seconds"+one+")").decimals(2).rising(10, 20).at(18, 0, 6, 4),
			lines("Processorbelastning", "Gennemsnit over alle processorer.", "percent",
				over("max(samdrift_cpu_load_percent"+one+")", "Processor")).between(0, 100).at(0, 4, 12, 8),
			lines("Hukommelse i brug", "Andel af fysisk hukommelse.", "percent",
				over("max(samdrift_memory_used_percent"+one+")", "Hukommelse")).between(0, 100).at(12, 4, 12, 8),
			lines("Diskforbrug", "Brugt plads pr. disk.", "bytes",
				over("max by (volume) (samdrift_storage_used_bytes"+one+")", "{{volume}}")).at(0, 12, 12, 8),
			bars("Diske", "Andel af hver disk, der er brugt.", "percentunit",
				"max by (volume) (instance_volume:samdrift_storage_used:ratio"+one+")", "{{volume}}").between(0, 1).rising(0.9, 0.97).at(12, 12, 12, 8),
			lines("Trafik ind pr. port", "Modtaget trafik på de porte, der måles.", "bps",
				over("8 * rate(ifHCInOctets"+one+"[$__rate_interval])", "{{ifName}}")).at(0, 20, 12, 9),
			lines("Trafik ud pr. port", "Sendt trafik på de porte, der måles.", "bps",
				over("8 * rate(ifHCOutOctets"+one+"[$__rate_interval])", "{{ifName}}")).at(12, 20, 12, 9),
			states("Porte", "Portenes tilstand, som udstyret selv oplyser den.",
				over("max by (ifName) (ifOperStatus"+one+")", "{{ifName}}")).words("1", "Oppe", "green").words("2", "Nede", "red").
				words("3", "Test", "blue").words("4", "Ukendt", "text").words("5", "Hvilende", "text").words("6", "Mangler", "orange").
				words("7", "Lag under er nede", "orange").at(0, 29, 24, 9),
			lines("Temperaturer", "Hvad udstyrets egne følere måler.", "celsius",
				over("max by (name) (samdrift_sensor_value"+with(one, `class="temperature"`)+")", "{{name}}")).at(0, 38, 12, 9),
			bars("Forsyninger", "Hvad en printer har tilbage af toner, blæk og papir.", "percent",
				"max by (name) (samdrift_supply_level_percent"+one+")", "{{name}}").between(0, 100).at(12, 38, 12, 9),
			states("Dele", "Blæsere, strømforsyninger, diske og batterier, som udstyret selv oplyser dem. Dele uden fejl vises ikke.",
				over("max by (name) (samdrift_sensor_state"+one+" > 0)", "{{name}}")).words("1", "Advarsel", "orange").
				words("2", "Fejl", "red").words("3", "Ukendt", "text").at(0, 47, 24, 9),
		},
	}
}
