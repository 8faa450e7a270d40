module adapter/serf-debian

go 1.24

require contract v0.0.0

replace contract => ../contract-go
