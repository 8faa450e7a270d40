module gossip-discovery/testbed-agent

go 1.21
