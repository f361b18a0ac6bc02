package simulated

import "github.com/samdrift/samdrift/inventory"

// product is a kind of system that a municipality uses. The names are generic; no product of any
// supplier is meant.
type product struct {
	name        string
	owner       string // the unit that owns it
	criticality inventory.Criticality
	class       string
	own         bool // often run on own servers
}

// The information classes.
const (
	public       = "public"
	internal     = "internal"
	confidential = "confidential"
	sensitive    = "sensitive"
)

// products lists the basic systems. variants make up the rest of a large municipality's portfolio.
var products = []product{
	{"ESDH", "Stab og sekretariat", 3, confidential, true},
	{"Økonomi", "Økonomi", 3, confidential, true},
	{"Løn og HR", "Personale", 3, sensitive, false},
	{"Hjemmepleje og omsorgsjournal", "Sundhed og omsorg", 4, sensitive, true},
	{"Medicinhåndtering", "Sundhed og omsorg", 4, sensitive, false},
	{"Nødkald", "Sundhed og omsorg", 4, sensitive, true},
	{"Patientkald på plejecentre", "Sundhed og omsorg", 4, internal, true},
	{"Sagsbehandling børn og unge", "Børn og familie", 3, sensitive, false},
	{"Sagsbehandling voksne", "Social", 3, sensitive, false},
	{"Udbetaling og ydelser", "Borgerservice", 4, sensitive, false},
	{"Beskæftigelse", "Jobcenter", 3, sensitive, false},
	{"Vagtplan", "Personale", 3, internal, false},
	{"Beredskab og alarmering", "Beredskab", 4, confidential, true},
	{"Telefoni og omstilling", "It og digitalisering", 3, internal, true},
	{"Skoleadministration", "Skole", 2, sensitive, false},
	{"Pladsanvisning", "Dagtilbud", 2, confidential, false},
	{"Læringsplatform", "Skole", 2, confidential, false},
	{"Bibliotek", "Kultur og fritid", 2, internal, false},
	{"Byggesag", "Plan og byg", 2, confidential, true},
	{"Kort og geodata", "Plan og byg", 2, public, true},
	{"Ejendom og vurdering", "Økonomi", 2, confidential, false},
	{"Miljøtilsyn", "Miljø og natur", 2, internal, true},
	{"Vej og park", "Teknik", 2, internal, true},
	{"Affald og genbrug", "Teknik", 2, internal, false},
	{"Spildevand styring", "Teknik", 3, internal, true},
	{"Bygningsstyring CTS", "Ejendomme", 2, internal, true},
	{"Adgangskontrol", "Ejendomme", 3, confidential, true},
	{"Videoovervågning", "Ejendomme", 2, sensitive, true},
	{"Energistyring", "Ejendomme", 1, internal, true},
	{"Kørselsplanlægning", "Sundhed og omsorg", 3, confidential, false},
	{"Genoptræning", "Sundhed og omsorg", 2, sensitive, false},
	{"Tandpleje journal", "Sundhed og omsorg", 3, sensitive, true},
	{"Sundhedspleje journal", "Børn og familie", 3, sensitive, false},
	{"Hjælpemiddeldepot", "Sundhed og omsorg", 2, sensitive, true},
	{"Madservice", "Sundhed og omsorg", 2, internal, true},
	{"Hjemmeside", "Kommunikation", 2, public, false},
	{"Intranet", "Kommunikation", 2, internal, true},
	{"Borgerdialog", "Kommunikation", 1, public, false},
	{"Dagsorden og referat", "Stab og sekretariat", 2, internal, true},
	{"Digital post", "Borgerservice", 3, sensitive, false},
	{"Selvbetjening", "Borgerservice", 3, confidential, false},
	{"Tidsbestilling og kø", "Borgerservice", 1, internal, true},
	{"Folkeregister opslag", "Borgerservice", 3, sensitive, false},
	{"Valg", "Stab og sekretariat", 3, confidential, false},
	{"Indkøb og kontraktstyring", "Økonomi", 2, internal, false},
	{"Debitor og opkrævning", "Økonomi", 3, confidential, true},
	{"Budget og ledelsesinformation", "Økonomi", 2, internal, true},
	{"Datavarehus", "Økonomi", 2, confidential, true},
	{"Rekruttering", "Personale", 1, confidential, false},
	{"Kursus og kompetence", "Personale", 1, internal, false},
	{"Arbejdsmiljø", "Personale", 1, confidential, false},
	{"Tidsregistrering", "Personale", 2, internal, true},
	{"Musikskole", "Kultur og fritid", 1, internal, false},
	{"Fritidsbooking", "Kultur og fritid", 1, public, false},
	{"Museum samling", "Kultur og fritid", 1, public, true},
	{"Arkiv", "Stab og sekretariat", 2, confidential, true},
	{"Havn", "Teknik", 2, internal, true},
	{"Parkering", "Teknik", 1, internal, false},
	{"Trafiksignaler", "Teknik", 3, internal, true},
	{"Gadelys", "Teknik", 1, internal, false},
	{"Flådestyring", "Teknik", 1, internal, false},
	{"Projekt og portefølje", "It og digitalisering", 1, internal, true},
	{"Servicedesk", "It og digitalisering", 2, internal, true},
	{"Print og scan", "It og digitalisering", 2, internal, true},
	{"Softwaredistribution", "It og digitalisering", 2, internal, true},
	{"Integrationsplatform", "It og digitalisering", 3, confidential, true},
	{"Brugerstyring", "It og digitalisering", 4, confidential, true},
	{"Fildeling", "It og digitalisering", 3, confidential, true},
	{"Formularer", "It og digitalisering", 2, confidential, true},
	{"Robotproces", "It og digitalisering", 2, confidential, true},
	{"Mobilstyring", "It og digitalisering", 2, internal, false},
	{"Logopsamling", "It og digitalisering", 3, confidential, true},
	{"Fagligt opslagsværk", "Stab og sekretariat", 1, public, false},
	{"Spørgeskema", "Stab og sekretariat", 1, internal, false},
	{"Ledelsestilsyn", "Social", 2, sensitive, false},
}

// variants are the further modules of a product that count as systems of their own.
var variants = []string{"", "statistik", "mobil", "integration", "arkivudtræk"}

// suppliers are invented.
var suppliers = []string{
	"Anemone Software (fiktiv)", "Bogfinke Data (fiktiv)", "Blåklokke It (fiktiv)", "Fyrretop Systemer (fiktiv)",
	"Gråand Løsninger (fiktiv)", "Havtorn Digital (fiktiv)", "Hyldeblomst Drift (fiktiv)", "Isfugl Kommunedata (fiktiv)",
	"Kamille Omsorg (fiktiv)", "Kornblomst It (fiktiv)", "Lærke Software (fiktiv)", "Mirabel Systemer (fiktiv)",
	"Natsværmer Data (fiktiv)", "Oktoberlys It (fiktiv)", "Pilfink Løsninger (fiktiv)", "Rødkælk Digital (fiktiv)",
	"Skovmærke Data (fiktiv)", "Strandskade Net (fiktiv)", "Timian Software (fiktiv)", "Ulvefod It (fiktiv)",
	"Vibe Systemer (fiktiv)", "Ærenpris Data (fiktiv)",
}

// release is an operating system version, by how often it is met where things are looked after
// (careful) and where they are not (careless).
type release struct {
	name, version, build string
	careful, careless    int
}

// old tells whether hardly anyone careful still runs it.
func (r release) old() bool { return r.careful <= 2 }

var windows = []release{
	{"Windows Server", "2025", "26100", 12, 2},
	{"Windows Server", "2022", "20348", 42, 14},
	{"Windows Server", "2019", "17763", 34, 34},
	{"Windows Server", "2016", "14393", 10, 26},
	{"Windows Server", "2012 R2", "9600", 2, 18},
	{"Windows Server", "2008 R2", "7601", 0, 6},
}

var linux = []release{
	{"Debian", "12", "6.1.0-39-amd64", 34, 8},
	{"Debian", "11", "5.10.0-35-amd64", 10, 16},
	{"Ubuntu", "24.04", "6.8.0-71-generic", 26, 6},
	{"Ubuntu", "22.04", "5.15.0-151-generic", 16, 16},
	{"Ubuntu", "18.04", "4.15.0-213-generic", 0, 18},
	{"RHEL", "9.4", "5.14.0-427.el9.x86_64", 12, 6},
	{"RHEL", "8.10", "4.18.0-553.el8_10.x86_64", 8, 12},
	{"CentOS", "7", "3.10.0-1160.el7.x86_64", 0, 14},
}

var esxi = []release{
	{"VMware ESXi", "8.0.3", "24022510", 60, 14},
	{"VMware ESXi", "7.0.3", "23794027", 38, 46},
	{"VMware ESXi", "6.7.0", "17700523", 2, 40},
}
