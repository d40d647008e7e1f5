package dev.leasehold.broker.control;

import dev.leasehold.broker.delegation.IssuedGrants;
import dev.leasehold.broker.delegation.TakenGrants;

/** How work is handed to other sidecars, and taken from them. */
public record DelegationAccess(IssuedGrants issued, TakenGrants taken) {}
