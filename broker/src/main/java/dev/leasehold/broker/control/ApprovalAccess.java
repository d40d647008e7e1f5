package dev.leasehold.broker.control;

import dev.leasehold.broker.approval.ApprovalConfig;
import dev.leasehold.broker.approval.Approvals;
import dev.leasehold.broker.approval.Approvers;

/** What approvers are served with. */
public record ApprovalAccess(ApprovalConfig config, Approvals approvals, Approvers approvers) {}
