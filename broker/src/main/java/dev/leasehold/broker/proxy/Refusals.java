package dev.leasehold.broker.proxy;

import dev.leasehold.broker.approval.Approval;
import dev.leasehold.broker.destination.Destination;
import dev.leasehold.broker.http.MalformedMessage;
import dev.leasehold.broker.inject.InjectionRefusal;
import dev.leasehold.broker.lease.LeaseOutcome;
import dev.leasehold.broker.policy.Denial;
import dev.leasehold.broker.task.Task;
import dev.leasehold.broker.telemetry.Problem;
import dev.leasehold.broker.upstream.UpstreamFailure;
import java.time.Duration;

/** What every other package's way of saying no becomes for the agent. */
final class Refusals {
  /** When it is worth asking again, where nobody has answered yet. */
  private static final Duration ANSWERED_SOON = Duration.ofSeconds(5);

  private static final Duration ASKED_LESS = Duration.ofMinutes(5);

  private Refusals() {}

  static Refusal of(MalformedMessage malformed) {
    return switch (malformed.kind()) {
      case AMBIGUOUS -> Refusal.of(Problem.AMBIGUOUS_REQUEST, malformed.rule());
      case UNSUPPORTED -> Refusal.of(Problem.INVALID_REQUEST, malformed.rule()).closing();
      case REQUEST_LINE_TOO_LONG -> limit(414, malformed.rule(), "request-line").closing();
      case HEADER_TOO_LARGE -> limit(431, malformed.rule(), "header").closing();
    };
  }

  static Refusal of(Denial denial) {
    Problem problem =
        switch (denial.reason()) {
          case DESTINATION_NOT_ALLOWED -> Problem.DESTINATION_NOT_ALLOWED;
          case RULE_DENIED, POLICY_DENIED -> Problem.RULE_DENIED;
          case POLICY_UNAVAILABLE -> Problem.POLICY_UNAVAILABLE;
          case APPROVAL_REQUIRED -> Problem.APPROVAL_REQUIRED;
          case TASK_ENDED -> Problem.TASK_ENDED;
          case AGENT_UNPROVEN -> Problem.AGENT_UNPROVEN;
        };
    return Refusal.of(problem, denial.detail()).withRule(denial.rule()).withHint(denial.hint());
  }

  static Refusal of(LeaseOutcome.Refused refused) {
    Problem problem =
        switch (refused.problem()) {
          case VAULT_UNAVAILABLE -> Problem.VAULT_UNAVAILABLE;
          case IDENTITY_UNAVAILABLE -> Problem.IDENTITY_UNAVAILABLE;
          case CREDENTIAL_FIELD_MISSING -> Problem.CREDENTIAL_FIELD_MISSING;
          case CREDENTIAL_INVALID -> Problem.CREDENTIAL_INVALID;
          case TASK_ENDED -> Problem.TASK_ENDED;
          case OVERLOADED -> Problem.OVERLOADED;
        };
    Refusal refusal = Refusal.of(problem, refused.detail());
    return refused.retryAfter().map(refusal::withRetryAfter).orElse(refusal);
  }

  static Refusal of(InjectionRefusal refusal) {
    Problem problem =
        switch (refusal.reason()) {
          case FIELD_MISSING -> Problem.CREDENTIAL_FIELD_MISSING;
          case UNUSABLE, NOT_FOR_HTTP -> Problem.CREDENTIAL_INVALID;
        };
    return Refusal.of(problem, refusal.detail());
  }

  static Refusal timeout(String detail) {
    return of(new UpstreamFailure(UpstreamFailure.Kind.TIMEOUT, detail));
  }

  static Refusal of(UpstreamFailure failure) {
    return switch (failure.kind()) {
      case ADDRESS_REFUSED ->
          Refusal.of(Problem.ADDRESS_REFUSED, failure.detail())
              .withHint("the destination's addresses permit ranges that are not public");
      case CONNECT -> Refusal.of(Problem.UPSTREAM_CONNECT, failure.detail());
      case TLS -> Refusal.of(Problem.UPSTREAM_TLS, failure.detail());
      case RESET -> Refusal.of(Problem.UPSTREAM_RESET, failure.detail());
      case TIMEOUT -> Refusal.of(Problem.UPSTREAM_TIMEOUT, failure.detail());
      case ENCODING -> Refusal.of(Problem.UPSTREAM_ENCODING, failure.detail());
      case LIMIT -> limit(429, failure.detail(), "connections");
      case CREDENTIAL -> Refusal.of(Problem.CREDENTIAL_INVALID, failure.detail());
      case IDENTITY -> Refusal.of(Problem.IDENTITY_UNAVAILABLE, failure.detail());
      case TASK_ENDED -> Refusal.of(Problem.TASK_ENDED, failure.detail());
    };
  }

  /** Why a task did not take a call in. */
  static Refusal notTaken(Task task) {
    return task.isActive()
        ? Refusal.of(Problem.LIMIT_EXCEEDED, "as many calls as the parent left are made")
            .withStatus(429)
            .withRule("delegation.calls")
        : ended();
  }

  static Refusal ended() {
    return Refusal.of(Problem.TASK_ENDED, "the task has ended")
        .withHint("open another task; an ended one never comes back");
  }

  /** A database has no HTTP to be called by. */
  static Refusal database(Destination destination) {
    return Refusal.of(
            Problem.DESTINATION_NOT_ALLOWED,
            "the destination is a database, and this version does not serve its wire")
        .withRule("destinations." + destination.name() + ".url");
  }

  static Refusal secretCameBack(Destination destination) {
    return Refusal.of(
            Problem.SECRET_IN_RESPONSE,
            "the target's answer held a secret that is leased to the task")
        .withRule("destinations." + destination.name() + ".redact")
        .withHint("call what does not print credentials; redact: replace would have masked it");
  }

  static Refusal limit(int status, String detail, String key) {
    return Refusal.of(Problem.LIMIT_EXCEEDED, detail)
        .withStatus(status)
        .withHint("the limit is limits." + key + " of the destination");
  }

  static Refusal disapproved(Denial.Asks wanted) {
    return Refusal.of(Problem.RULE_DENIED, "an approver has said no to this call")
        .withRule(wanted.rule().place());
  }

  static Refusal unanswered(Approval approval, Denial.Asks wanted) {
    return Refusal.of(Problem.APPROVAL_REQUIRED, "a human has to agree to this call")
        .withRule(wanted.rule().place())
        .withHint("make the same call again when somebody has answered")
        .withApproval(approval.id())
        .withRetryAfter(ANSWERED_SOON);
  }

  static Refusal askedTooOften(String detail, Denial.Asks wanted) {
    return Refusal.of(Problem.LIMIT_EXCEEDED, detail)
        .withStatus(429)
        .withRule(wanted.rule().place())
        .withHint("wait, or work without the calls that need a human")
        .withRetryAfter(ASKED_LESS);
  }
}
