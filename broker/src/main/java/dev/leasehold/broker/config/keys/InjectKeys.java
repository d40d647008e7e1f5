package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.inject.Template;

/** {@code inject:} of a credential. */
public final class InjectKeys {
  public static final Key<Template> USERNAME =
      Key.required("username", Values.TEMPLATE, "A template over the fields that Vault answered.");
  public static final Key<Template> PASSWORD =
      Key.required(
          "password",
          Values.TEMPLATE_OR_EMPTY,
          "A template; may be empty where the user name is the key.");
  public static final Key<String> NAME =
      Key.required("name", Values.PARAMETER, "The header's or parameter's name.");
  public static final Key<Template> VALUE =
      Key.required("value", Values.TEMPLATE, "A template over the fields that Vault answered.");

  public static final Key<Template> BEARER =
      Key.optional("bearer", Values.TEMPLATE, "Authorization: Bearer, with this template.");
  public static final Key<Section> BASIC =
      Key.optional(
          "basic",
          Section.Form.of("user name and password", USERNAME, PASSWORD),
          "Authorization: Basic.");
  public static final Key<Section> HEADER =
      Key.optional(
          "header", Section.Form.of("a header", NAME, VALUE), "A header of any other name.");
  public static final Key<Section> QUERY =
      Key.optional(
          "query",
          Section.Form.of("a query parameter", NAME, VALUE),
          "A query parameter, percent-encoded on the way.");
  public static final Key<Section> LOGIN =
      Key.optional(
          "login",
          Section.Form.of("a database login", USERNAME, PASSWORD),
          "User name and password of a database wire.");
  public static final Key<?> SIGV4 =
      Key.later("sigv4", Values.UNKNOWN, "A signature of AWS requests.");
  public static final Key<Template> CERTIFICATE =
      Key.defaulted(
          "certificate",
          Values.TEMPLATE,
          "{certificate}",
          "The certificate, PEM; a chain is written field by field, leaf first.");
  public static final Key<Template> KEY =
      Key.defaulted("key", Values.TEMPLATE, "{private_key}", "Its key, PKCS #8 in PEM.");
  public static final Key<Section> MTLS =
      Key.optional(
          "mtls",
          Section.Form.of("a client certificate", CERTIFICATE, KEY),
          "A client certificate, by which connections to the target say who they are.");

  static final Section.Form FORM =
      Section.Form.of("how it is put into a call", BEARER, BASIC, HEADER, QUERY, LOGIN, SIGV4, MTLS)
          .exactlyOne(BEARER, BASIC, HEADER, QUERY, LOGIN, SIGV4, MTLS);

  private InjectKeys() {}
}
