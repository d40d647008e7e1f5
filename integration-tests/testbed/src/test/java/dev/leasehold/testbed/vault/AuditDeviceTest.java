package dev.leasehold.testbed.vault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AuditDeviceTest {

  private static final String LOG =
      """
      {"type":"request","time":"2026-01-02T03:04:05.1Z","auth":{"display_name":"token-t"},"request":{"operation":"read","path":"kv/data/x"}}
      {"type":"response","time":"2026-01-02T03:04:05.2Z","auth":{"display_name":"token-t","metadata":{"task":"42"}},"request":{"operation":"read","path":"kv/data/x"}}
      {"type":"response","time":"2026-01-02T03:04:05.3Z","request":{"operation":"update","path":"auth/cert/login"},"error":"permission denied"}
      """;

  @Test
  void eachAnsweredRequestIsOneCall() {
    // When
    List<VaultCall> calls = AuditDevice.calls(LOG);

    // Then
    assertEquals(
        List.of("kv/data/x", "auth/cert/login"), calls.stream().map(VaultCall::path).toList());
  }

  @Test
  void callTellsWhoseTokenMadeItAndHowItWent() {
    // When
    List<VaultCall> calls = AuditDevice.calls(LOG);

    // Then
    assertEquals(Map.of("task", "42"), calls.get(0).metadata());
    assertEquals("token-t", calls.get(0).displayName());
    assertFalse(calls.get(0).failed());
    assertTrue(calls.get(1).failed());
    assertEquals("", calls.get(1).displayName());
  }
}
