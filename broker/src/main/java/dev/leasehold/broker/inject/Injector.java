package dev.leasehold.broker.inject;

import dev.leasehold.broker.http.Wire;
import dev.leasehold.broker.inject.SecretText.Charset;
import dev.leasehold.broker.lease.LeaseUse;
import dev.leasehold.broker.upstream.ClientCertificate;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts one leased secret into one message. */
public final class Injector {
  private final Injection injection;
  private final LeaseUse use;

  public Injector(Injection injection, LeaseUse use) {
    this.injection = injection;
    this.use = use;
  }

  /** Why the secret cannot be put into an HTTP call; to be asked before anything is decided. */
  public Optional<InjectionRefusal> refusal() {
    return Optional.ofNullable(
        use.<@Nullable InjectionRefusal>lend(
            fields ->
                switch (injection) {
                  case Injection.Bearer(Template token) ->
                      SecretText.check(token, Charset.VISIBLE, fields);
                  case Injection.Basic(Template username, Template password) -> {
                    InjectionRefusal first = SecretText.check(username, Charset.USER_ID, fields);
                    yield first != null
                        ? first
                        : SecretText.check(password, Charset.ENCODED, fields);
                  }
                  case Injection.Header(String name, Template value) ->
                      SecretText.check(value, Charset.FIELD_VALUE, fields);
                  case Injection.Query(String name, Template value) ->
                      SecretText.check(value, Charset.ENCODED, fields);
                  case Injection.Mtls(Template certificate, Template key) -> {
                    InjectionRefusal first = SecretText.check(certificate, Charset.PEM, fields);
                    yield first != null ? first : SecretText.check(key, Charset.PEM, fields);
                  }
                  case Injection.Login login ->
                      new InjectionRefusal(
                          InjectionRefusal.Reason.NOT_FOR_HTTP,
                          "the credential is a database login and has no place in an HTTP call");
                }));
  }

  /** No more bytes than this are written, whatever has to be encoded. */
  int mostBytes() {
    return switch (injection) {
      case Injection.Bearer(Template token) -> mostBytes("", token);
      case Injection.Basic(Template username, Template password) ->
          mostBytes("", username) + mostBytes("", password);
      case Injection.Header(String name, Template value) -> mostBytes(name, value);
      case Injection.Query(String name, Template value) -> mostBytes(name, value);
      case Injection.Login login -> 0;
      case Injection.Mtls mtls -> 0;
    };
  }

  private int mostBytes(String name, Template template) {
    return name.length() + use.lend(fields -> SecretText.mostBytes(template, fields));
  }

  /** The lower-case name of the field that it sets; empty for a query parameter. */
  String fieldName() {
    return switch (injection) {
      case Injection.Bearer bearer -> "authorization";
      case Injection.Basic basic -> "authorization";
      case Injection.Header header -> header.name();
      case Injection.Query query -> "";
      case Injection.Login login -> "";
      case Injection.Mtls mtls -> "";
    };
  }

  /** What the connection itself shows; null where the secret goes into the message instead. */
  public ClientCertificate.@Nullable Source certificate() {
    return injection instanceof Injection.Mtls mtls
        ? () -> use.lend(fields -> PemIdentity.read(mtls, fields))
        : null;
  }

  /** The name of the query parameter that it sets; empty for a field. */
  String queryName() {
    return injection instanceof Injection.Query query ? query.name() : "";
  }

  void writeField(ByteBuf out) {
    switch (injection) {
      case Injection.Bearer(Template token) -> {
        Wire.ascii(out, "authorization: Bearer ");
        write(token, out);
      }
      case Injection.Basic(Template username, Template password) -> {
        Wire.ascii(out, "authorization: Basic ");
        use.<@Nullable Void>lend(
            fields -> {
              SecretText.writeBasic(username, password, fields, out);
              return null;
            });
      }
      case Injection.Header(String name, Template value) -> {
        Wire.ascii(out, name);
        Wire.ascii(out, ": ");
        write(value, out);
      }
      case Injection.Query query -> {
        return;
      }
      case Injection.Mtls mtls -> {
        return;
      }
      case Injection.Login login -> throw new IllegalStateException("not for HTTP");
    }
    Wire.endLine(out);
  }

  private void write(Template template, ByteBuf out) {
    use.<@Nullable Void>lend(
        fields -> {
          SecretText.write(template, fields, out);
          return null;
        });
  }

  void writeQuery(ByteBuf out) {
    if (injection instanceof Injection.Query(String name, Template value)) {
      Wire.ascii(out, name);
      out.writeByte('=');
      use.<@Nullable Void>lend(
          fields -> {
            SecretText.writeEncoded(value, fields, out);
            return null;
          });
    }
  }
}
