package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.CredentialKeys;
import dev.leasehold.broker.config.keys.DestinationUrl;
import dev.leasehold.broker.config.keys.VerifyKeys;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.lease.Credential;
import dev.leasehold.broker.lease.Credential.StaticException;
import dev.leasehold.broker.lease.VerifierConfig;
import dev.leasehold.broker.secret.SecretPath;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Makes the records of the credentials. */
final class Credentials {
  private Credentials() {}

  static Map<String, Credential> of(Document document, Map<String, Injection> injections) {
    Map<String, Credential> credentials = new HashMap<>();
    document
        .credentials()
        .forEach(
            (name, section) -> {
              Injection injection = injections.get(name);
              if (injection == null) {
                throw new IllegalStateException("no injection for " + name);
              }
              credentials.put(name, credential(name, section, injection));
            });
    return credentials;
  }

  private static Credential credential(String name, Section section, Injection injection) {
    return new Credential(
        name,
        path(section.get(CredentialKeys.VAULT)),
        section.get(CredentialKeys.TTL),
        section.get(CredentialKeys.REVOCABILITY),
        section.get(CredentialKeys.OWNER),
        section.get(CredentialKeys.CLASSIFICATION),
        injection.fields(),
        injection instanceof Injection.Mtls,
        section
            .find(CredentialKeys.EXCEPTION)
            .map(
                exception ->
                    new StaticException(
                        exception.get(CredentialKeys.REASON), exception.get(CredentialKeys.UNTIL))),
        section.find(CredentialKeys.VERIFY).map(Credentials::verifier));
  }

  private static SecretPath path(Section vault) {
    Map<String, String> data = new HashMap<>();
    vault
        .find(CredentialKeys.DATA)
        .ifPresent(fields -> fields.forEach((field, value) -> data.put(field, value.value())));
    return vault
        .find(CredentialKeys.READ)
        .map(SecretPath::read)
        .orElseGet(() -> SecretPath.write(vault.get(CredentialKeys.WRITE), data));
  }

  private static VerifierConfig verifier(Section verify) {
    return verify
        .find(VerifyKeys.POSTGRESQL)
        .map(Credentials::postgresql)
        .orElseGet(() -> rabbitmq(verify.get(VerifyKeys.RABBITMQ)));
  }

  private static VerifierConfig postgresql(Section target) {
    DestinationUrl url = target.get(VerifyKeys.POSTGRESQL_URL);
    return new VerifierConfig.Postgresql(
        url.target().host(),
        url.target().port(),
        url.path().substring(1),
        target.get(VerifyKeys.USERNAME),
        target.get(VerifyKeys.PASSWORD),
        ca(target));
  }

  private static VerifierConfig rabbitmq(Section target) {
    return new VerifierConfig.Rabbitmq(
        target.get(VerifyKeys.RABBITMQ_URL),
        target.get(VerifyKeys.USERNAME),
        target.get(VerifyKeys.PASSWORD),
        ca(target));
  }

  private static Optional<Path> ca(Section target) {
    return target.find(VerifyKeys.TLS).flatMap(tls -> tls.find(VerifyKeys.CA));
  }
}
