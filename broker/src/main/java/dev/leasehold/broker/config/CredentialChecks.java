package dev.leasehold.broker.config;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Reading;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.config.keys.CredentialKeys;
import dev.leasehold.broker.config.keys.DestinationKeys;
import dev.leasehold.broker.config.keys.InjectKeys;
import dev.leasehold.broker.config.keys.VerifyKeys;
import dev.leasehold.broker.destination.Target;
import dev.leasehold.broker.inject.Injection;
import dev.leasehold.broker.secret.Revocability;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What must agree within one credential, and between it and where it is used. */
final class CredentialChecks {
  private final String name;
  private final Section section;
  private final Document document;
  private final Reading reading;

  private CredentialChecks(String name, Section section, Document document, Reading reading) {
    this.name = name;
    this.section = section;
    this.document = document;
    this.reading = reading;
  }

  static void run(Document document, Reading reading, Instant now) {
    document
        .credentials()
        .forEach(
            (name, section) -> new CredentialChecks(name, section, document, reading).check(now));
  }

  private void check(Instant now) {
    section
        .find(CredentialKeys.VAULT)
        .filter(vault -> vault.isWritten(CredentialKeys.DATA))
        .filter(vault -> !vault.isWritten(CredentialKeys.WRITE))
        .ifPresent(vault -> error(vault, CredentialKeys.DATA, "belongs to write only"));
    exception(now);
    section.find(CredentialKeys.INJECT).ifPresent(this::inject);
    section.find(CredentialKeys.VERIFY).ifPresent(this::verify);
  }

  private void exception(Instant now) {
    Optional<Boolean> isStatic =
        section.find(CredentialKeys.REVOCABILITY).map(Revocability.STATIC::equals);
    if (isStatic.isPresent() && isStatic.get() != section.isWritten(CredentialKeys.EXCEPTION)) {
      error(
          section,
          CredentialKeys.EXCEPTION,
          isStatic.get()
              ? "is required with revocability static: reason and until"
              : "belongs to revocability static only");
    }
    section
        .find(CredentialKeys.EXCEPTION)
        .flatMap(exception -> exception.located(CredentialKeys.UNTIL))
        .filter(until -> !until.value().isAfter(now))
        .ifPresent(
            until ->
                reading.warning(until.path(), until.line(), "is over: the credential is denied"));
  }

  private void inject(Section inject) {
    boolean login = inject.isWritten(InjectKeys.LOGIN);
    boolean http =
        List.of(
                InjectKeys.BEARER,
                InjectKeys.BASIC,
                InjectKeys.HEADER,
                InjectKeys.QUERY,
                InjectKeys.MTLS)
            .stream()
            .anyMatch(inject::isWritten);
    if (inject.isWritten(InjectKeys.MTLS)) {
      document.users(name).forEach(this::showsCertificate);
      section.find(CredentialKeys.VAULT).ifPresent(this::keyForm);
    }
    for (Section user : document.users(name)) {
      Located<String> use = user.located(DestinationKeys.CREDENTIAL).orElseThrow();
      if (login && Document.isHttp(user)) {
        reading.error(
            use.path(), use.line(), "injects a login, which only a postgresql destination takes");
      } else if (http && Document.isPostgresql(user)) {
        reading.error(use.path(), use.line(), "a postgresql destination takes inject: login only");
      }
    }
    try {
      InjectionReader.read(inject).ifPresent(read -> secretField(inject, read));
    } catch (IllegalArgumentException wrong) {
      reading.error(inject.path(), inject.line(), String.valueOf(wrong.getMessage()));
    }
  }

  /** Vault's PKI engine gives older forms unless it is asked, and then no call could be made. */
  private void keyForm(Section vault) {
    boolean asked =
        vault
            .find(CredentialKeys.DATA)
            .map(data -> data.get("private_key_format"))
            .filter(format -> format.value().equals("pkcs8"))
            .isPresent();
    boolean issues =
        vault.find(CredentialKeys.WRITE).filter(path -> path.contains("/issue/")).isPresent();
    if (issues && !asked) {
      reading.warning(
          vault.path(),
          vault.line(),
          "the key would not be PKCS #8: add private_key_format: pkcs8 to data");
    }
  }

  private void showsCertificate(Section user) {
    Located<String> use = user.located(DestinationKeys.CREDENTIAL).orElseThrow();
    if (user.isWritten(DestinationKeys.MTLS)) {
      reading.error(
          use.path(), use.line(), "is a client certificate as mtls is; a connection shows one");
    }
    user.find(DestinationKeys.URL)
        .filter(url -> url.target().scheme() == Target.Scheme.HTTP)
        .ifPresent(
            url ->
                reading.error(
                    use.path(), use.line(), "is a client certificate, which only https shows"));
  }

  /** Text without a field is a secret in the configuration, or no credential at all. */
  private void secretField(Section inject, Injection injection) {
    if (injection.fields().stream().allMatch("username"::equals)) {
      reading.error(
          inject.path(),
          inject.line(),
          "names no secret field of Vault's answer, such as {password}; a secret is never written"
              + " here");
    }
  }

  private void verify(Section verify) {
    if (section.find(CredentialKeys.REVOCABILITY).filter(this::livesOn).isPresent()) {
      error(section, CredentialKeys.VERIFY, "only what is revoked can be found gone");
    }
    verify
        .find(VerifyKeys.POSTGRESQL)
        .ifPresent(
            target ->
                target
                    .find(VerifyKeys.POSTGRESQL_URL)
                    .ifPresent(
                        url -> {
                          if (url.target().scheme() != Target.Scheme.POSTGRESQL) {
                            error(target, VerifyKeys.POSTGRESQL_URL, "must be postgresql://…");
                          } else if (!Document.isLoopback(url)
                              && !target.isWritten(VerifyKeys.TLS)) {
                            error(target, VerifyKeys.TLS, "is required beyond loopback");
                          }
                        }));
    verify
        .find(VerifyKeys.RABBITMQ)
        .ifPresent(
            target ->
                target
                    .find(VerifyKeys.RABBITMQ_URL)
                    .filter(url -> "http".equals(url.getScheme()))
                    .ifPresent(
                        url -> {
                          if (!Document.isLoopback(url.getHost())) {
                            error(
                                target,
                                VerifyKeys.RABBITMQ_URL,
                                "its password would be sent in plain text; use https");
                          } else if (target.isWritten(VerifyKeys.TLS)) {
                            error(target, VerifyKeys.TLS, "http has no TLS");
                          }
                        }));
  }

  private boolean livesOn(Revocability revocability) {
    return switch (revocability) {
      case HARD, SOFT -> false;
      case TTL_ONLY, STATIC -> true;
    };
  }

  private void error(Section at, Key<?> key, String message) {
    reading.error(at.pathOf(key), at.lineOf(key), message);
  }
}
