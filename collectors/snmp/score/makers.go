package main

// makers names who makes a system where neither its own name nor its group in the facts does.
var makers = map[string][]string{
	"acs": {"Cisco"}, "aos6": {"Alcatel-Lucent", "Nokia"}, "aos7": {"Alcatel-Lucent", "Nokia"},
	"allied": {"Allied Telesis"}, "awplus": {"Allied Telesis"}, "avtech": {"AVTECH"},
	"boss": {"Extreme", "Avaya", "Nortel"}, "comware": {"HPE", "H3C"}, "3com": {"3Com", "HPE"},
	"clearpass": {"Aruba"}, "cnos": {"Lenovo"}, "cumulus": {"Cumulus", "NVIDIA"},
	"edgeos": {"Ubiquiti"}, "edgeosolt": {"Ubiquiti"}, "edgeswitch": {"Ubiquiti"},
	"enterasys": {"Enterasys", "Extreme"}, "engenius-switch": {"EnGenius"},
	"f5os": {"F5"}, "generex-ups": {"Generex"}, "hiveos-network": {"Aerohive", "Extreme"},
	"hiveos-wireless": {"Aerohive", "Extreme"}, "infortrend": {"Infortrend"},
	"ironware": {"Brocade", "Foundry", "Ruckus"}, "jetstream": {"TP-Link"},
	"juniper-mss": {"Juniper", "Trapeze"}, "konica": {"Konica Minolta"}, "macosx": {"Apple"},
	"mellanox": {"Mellanox", "NVIDIA"}, "netmanplus": {"Riello"}, "nios": {"Infoblox"},
	"nos": {"Brocade", "Extreme"}, "ns-bsd": {"Stormshield", "Netasq"}, "onefs": {"Dell", "Isilon"},
	"opnsense": {"Deciso", "OPNsense"}, "pfsense": {"Netgate", "pfSense"}, "poweralert": {"Tripp Lite", "Eaton"},
	"pulse": {"Pulse Secure", "Juniper", "Ivanti"}, "sentry3": {"Server Technology", "ServerTech"},
	"scalance": {"Siemens"}, "solaris": {"Sun", "Oracle"}, "stoneos": {"Hillstone"},
	"truenas": {"iXsystems", "TrueNAS"}, "truenas-scale": {"iXsystems", "TrueNAS"},
	"unifi": {"Ubiquiti"}, "voss": {"Extreme", "Avaya"}, "vyatta": {"Vyatta", "Brocade"},
	"wut": {"W&T", "Wiesemann & Theis"}, "zynos": {"Zyxel"}, "zywall": {"Zyxel"}, "zyxelusg": {"Zyxel"},
	"aix": {"IBM"}, "avaya-ipo": {"Avaya"}, "cimc": {"Cisco"}, "solidserver": {"EfficientIP"},
	"ibmc": {"Huawei"}, "xclarity": {"Lenovo"}, "ibm-imm": {"IBM", "Lenovo"}, "zebra": {"Zebra"},
	"toshiba-tec": {"Toshiba"}, "samsungprinter": {"Samsung"}, "forcepoint": {"Forcepoint"},
	"icotera": {"Icotera"}, "zenitel-ipstation": {"Zenitel"}, "netbotz": {"APC", "NetBotz"},
	"dell-laser": {"Dell", "Lexmark"}, "jetdirect": {"HP"}, "sophos": {"Sophos", "Astaro"},
	"acano": {"Acano", "Cisco"}, "hpe-ipdu": {"HPE", "HP"}, "hpvc": {"HPE", "HP"}, "procurve": {"HPE", "HP", "Aruba"},
	"ciscospa": {"Cisco", "Linksys", "Sipura"}, "eaton-mgeups": {"Eaton", "MGE"}, "mgepdu": {"Eaton", "MGE"},
	"apc-mgeups": {"APC", "MGE"}, "liebert": {"Vertiv", "Liebert", "Emerson"}, "vertiv-pdu": {"Vertiv", "Geist", "Avocent"},
	"fabos": {"Brocade"}, "extremeware": {"Extreme"}, "exos": {"Extreme", "Seagate"}, "xos": {"Extreme"}, "ewc": {"Extreme"},
	"edgecos": {"Edge-Core", "Edgecore", "Accton"}, "proxmox": {"Proxmox"}, "equallogic": {"Dell", "EqualLogic"},
	"draytek": {"DrayTek"}, "rutos": {"Teltonika"}, "nimbleos": {"HPE", "Nimble"}, "huaweiups": {"Huawei"}, "deltaups": {"Delta"},
}

// anyMaker lists systems that run on everybody's hardware: their maker is not judged.
var anyMaker = map[string]bool{
	"linux": true, "freebsd": true, "netbsd": true, "openbsd": true, "vyos": true,
}
