package group

// Class is what a port is used for: it says how strongly traffic on it binds two servers, and how much
// the traffic suffers from a long line.
type Class string

// The classes.
const (
	Database    Class = "database"
	Application Class = "application" // web, and every port that nobody knows
	File        Class = "file"        // file shares, read and written piece by piece
	Queue       Class = "queue"
	Mail        Class = "mail"
	Batch       Class = "batch"     // nightly copies, administration
	Lookup      Class = "lookup"    // directory, names, time
	Upkeep      Class = "upkeep"    // backup, monitoring, updates
	Heartbeat   Class = "heartbeat" // between the nodes of one cluster
)

// weights of a class: a database call breaks when a line is put between the two, a nightly copy does not.
var weights = map[Class]float64{
	Database: 3, Application: 2, File: 1.5, Queue: 1, Mail: 0.3, Batch: 0.3, Lookup: 0.1, Upkeep: 0.1, Heartbeat: 8,
}

// HeartbeatPorts are those on which the nodes of a cluster keep in touch. Servers that talk on them are
// one service and must move together.
var HeartbeatPorts = map[int]string{
	694: "Heartbeat", 3343: "Windows failover cluster", 5404: "Corosync", 5405: "Corosync",
	5022: "SQL Server availability group", 4567: "Galera", 4568: "Galera", 33061: "MySQL group replication",
	2380: "etcd", 16379: "Redis cluster", 25672: "RabbitMQ cluster",
}

var classes = map[int]Class{
	1433: Database, 1434: Database, 1521: Database, 1526: Database, 3050: Database, 3306: Database, 5432: Database,
	6379: Database, 9200: Database, 27017: Database, 50000: Database,
	139: File, 445: File, 2049: File,
	1414: Queue, 5671: Queue, 5672: Queue, 61616: Queue, 9092: Queue,
	25: Mail, 465: Mail, 587: Mail,
	20: Batch, 21: Batch, 22: Batch, 23: Batch, 873: Batch, 3389: Batch, 5985: Batch, 5986: Batch,
}

// ClassOf tells what a port is used for.
func ClassOf(port int) Class {
	if _, ok := HeartbeatPorts[port]; ok {
		return Heartbeat
	}
	if c, ok := classes[port]; ok {
		return c
	}
	switch services[port].role {
	case Directory:
		return Lookup
	case Backup, Monitoring:
		return Upkeep
	}
	return Application
}
