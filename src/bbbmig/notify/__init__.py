"""Who is told how a run went: a watching service, somebody's mail, Prometheus."""
