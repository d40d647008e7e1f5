package dev.leasehold.broker.proxy;

import dev.leasehold.broker.telemetry.Problem;

/** The error types of RFC 9209 §2.3 for our problems. */
final class ProxyStatus {
  private ProxyStatus() {}

  static String error(Problem problem) {
    return switch (problem) {
      case INVALID_REQUEST, AMBIGUOUS_REQUEST, TARGET_MISMATCH, IDEMPOTENCY_CONFLICT, NOT_FOUND ->
          "http_request_error";
      case UNAUTHORIZED,
          FORBIDDEN,
          DESTINATION_NOT_ALLOWED,
          RULE_DENIED,
          APPROVAL_REQUIRED,
          AGENT_UNPROVEN,
          GRANT_REFUSED,
          TASK_ENDED,
          PROXY_AUTH_REQUIRED,
          LIMIT_EXCEEDED,
          CONNECT_UNSUPPORTED ->
          "http_request_denied";
      case ADDRESS_REFUSED -> "destination_ip_prohibited";
      case UPSTREAM_CONNECT -> "destination_unavailable";
      case UPSTREAM_TLS -> "tls_certificate_error";
      case UPSTREAM_RESET -> "connection_terminated";
      case UPSTREAM_ENCODING -> "http_response_content_coding";
      case SECRET_IN_RESPONSE -> "proxy_internal_response";
      case UPSTREAM_TIMEOUT -> "http_response_timeout";
      case CREDENTIAL_FIELD_MISSING, CREDENTIAL_INVALID -> "proxy_configuration_error";
      case VAULT_UNAVAILABLE, IDENTITY_UNAVAILABLE, AUDIT_UNAVAILABLE, POLICY_UNAVAILABLE, LOCKED ->
          "proxy_internal_error";
      case OVERLOADED -> "connection_limit_reached";
    };
  }
}
