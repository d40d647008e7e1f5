# What the sidecar asks for is the whole of this package: allow, and the reason where it is no.
package leasehold.restock

default allow := false

allow if {
	some permit in permits
	permit
	count(forbidden) == 0
}

permits contains true if {
	input.task.kind == "restock"
	input.action.method in {"GET", "HEAD"}
	input.task.purpose == "nightly restock"
}

permits contains true if {
	input.task.kind == "restock"
	input.action.method == "POST"
	regex.match(`^/orders/[^/]+$`, input.resource.path)
	input.resource.environment == "staging"
}

forbidden contains "no-writes-in-an-incident" if {
	"incident" in input.context.signals
	input.action.method in {"POST", "PUT", "PATCH", "DELETE"}
}

forbidden contains "nothing-is-deleted" if input.action.method == "DELETE"

forbidden contains "nothing-restricted-in-production" if {
	input.resource.classification == "restricted"
	input.resource.environment == "production"
}

forbidden contains "at-most-500-calls" if input.context.calls > 500

forbidden contains "stops-after-20-refusals" if input.context.denials > 20

reason := sort(forbidden)[0] if count(forbidden) > 0
