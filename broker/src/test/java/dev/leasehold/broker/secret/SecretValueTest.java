package dev.leasehold.broker.secret;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SecretValueTest {
  private static final String CANARY = "canary-0123456789";

  @Test
  void nothingThatPrintsShowsTheBytes() {
    // Given
    SecretValue value = secret(CANARY);
    SecretFields fields = new SecretFields(Map.of("password", value));
    IssuedSecret issued =
        new IssuedSecret(fields, Optional.of("lease/1"), Duration.ofMinutes(5), true, "request");
    TaskToken token = new TaskToken(value, "accessor", "generation", 1);

    // When
    String printed = value + " " + fields + " " + issued + " " + token + " " + value.hashCode();

    // Then
    assertFalse(printed.contains(CANARY));
    assertEquals("SecretValue[masked]", value.toString());
    assertEquals("SecretFields[password]", fields.toString());
  }

  @Test
  void lentBytesAreTheSecret() {
    assertEquals(
        CANARY, secret(CANARY).<String>lend(bytes -> new String(bytes, StandardCharsets.UTF_8)));
    assertEquals(CANARY.length(), secret(CANARY).length());
  }

  @Test
  void destroyingOverwritesTheBytesThatWereHandedOver() {
    // Given
    byte[] bytes = CANARY.getBytes(StandardCharsets.UTF_8);
    SecretValue value = SecretValue.takeOwnershipOf(bytes);

    // When
    value.destroy();
    value.destroy();

    // Then
    assertArrayEquals(new byte[CANARY.length()], bytes);
    assertTrue(value.isDestroyed());
    assertEquals(0, value.length());
  }

  @Test
  void destroyedSecretIsLentToNobody() {
    // Given
    SecretValue value = secret(CANARY);
    value.destroy();

    // Then
    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> value.<Integer>lend(bytes -> bytes.length));
    assertFalse(String.valueOf(refused.getMessage()).contains(CANARY));
  }

  @Test
  void copyIsWipedWithoutTouchingWhatItWasCopiedFrom() {
    // Given
    byte[] bytes = CANARY.getBytes(StandardCharsets.UTF_8);
    SecretValue value = SecretValue.copyOf(bytes);

    // When
    value.destroy();

    // Then
    assertArrayEquals(CANARY.getBytes(StandardCharsets.UTF_8), bytes);
  }

  @Test
  void equalityIsOfTheContentAndDestroyedValuesEqualNothing() {
    // Given
    SecretValue one = secret(CANARY);
    SecretValue same = secret(CANARY);
    SecretValue destroyed = secret(CANARY);
    destroyed.destroy();

    // Then
    assertEquals(one, same);
    assertEquals(one.hashCode(), same.hashCode());
    assertEquals(one.hashCode(), secret("another").hashCode());
    assertNotEquals(one, secret(CANARY + "x"));
    assertNotEquals(one, destroyed);
    assertNotEquals(destroyed, one);
  }

  @Test
  void secretCannotBeSerialised() {
    assertThrows(
        NotSerializableException.class,
        () -> {
          try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            out.writeObject(secret(CANARY));
          }
        });
  }

  @Test
  void fieldsAreWipedTogether() {
    // Given
    SecretValue username = secret("user");
    SecretValue password = secret(CANARY);
    SecretFields fields = new SecretFields(Map.of("username", username, "password", password));

    // When
    fields.destroy();

    // Then
    assertTrue(username.isDestroyed());
    assertTrue(password.isDestroyed());
    assertEquals(Set.of("username", "password"), fields.names());
    assertEquals(Optional.empty(), fields.field("token"));
  }

  @Test
  void pathOfASecretIsRelativeAndOnlyAWriteHasABody() {
    assertThrows(IllegalArgumentException.class, () -> SecretPath.read(""));
    assertThrows(IllegalArgumentException.class, () -> SecretPath.read("/database/creds/x"));
    assertThrows(IllegalArgumentException.class, () -> SecretPath.read("database/creds/"));
    assertThrows(
        IllegalArgumentException.class,
        () -> new SecretPath(SecretPath.Verb.READ, "pki/issue/x", Map.of("ttl", "1h")));
    assertEquals(Map.of("ttl", "1h"), SecretPath.write("pki/issue/x", Map.of("ttl", "1h")).data());
  }

  private static SecretValue secret(String text) {
    return SecretValue.takeOwnershipOf(text.getBytes(StandardCharsets.UTF_8));
  }
}
