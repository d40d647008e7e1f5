package dev.leasehold.broker.config.keys;

import dev.leasehold.broker.config.form.Items;
import dev.leasehold.broker.config.form.Key;
import dev.leasehold.broker.config.form.Located;
import dev.leasehold.broker.config.form.Named;
import dev.leasehold.broker.config.form.Scalars;
import dev.leasehold.broker.config.form.Section;
import dev.leasehold.broker.proxy.ListenAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SequencedMap;

/** {@code approvals:} */
public final class ApprovalKeys {
  public static final Key<String> ISSUER =
      Key.required("issuer", Scalars.line("the issuer's URL"), "The token's iss, exactly.");
  public static final Key<String> AUDIENCE =
      Key.required("audience", Scalars.line("an audience"), "What the token's aud must have.");
  public static final Key<String> CLAIM =
      Key.required("claim", Scalars.line("a claim's name"), "The claim that makes an approver.");
  public static final Key<List<Located<String>>> VALUES =
      Key.required(
          "values",
          Items.of(Scalars.line("a value of one line")),
          "Any of these; of a claim that is a list, one of its items.");
  public static final Key<Path> KEYS =
      Key.optional(
          "keys",
          Scalars.file("the provider's public keys, a JWK set"),
          "The provider's public keys, read at start; left out, they are found by the issuer.");

  public static final Key<Integer> UID =
      Key.optional(
          "uid",
          Scalars.integer(0, Integer.MAX_VALUE),
          "By the kernel's word; neither the sidecar's own nor any caller's.");
  public static final Key<String> SVID =
      Key.optional("svid", Values.AGENT_ID, "By a JWT-SVID for the sidecar, on approvals.listen.");
  public static final Key<Section> OIDC =
      Key.optional(
          "oidc",
          Section.Form.of("an OpenID provider", ISSUER, AUDIENCE, CLAIM, VALUES, KEYS),
          "By a token of a login that came after the question.");

  public static final Key<ListenAddress> LISTEN =
      Key.required(
          "listen",
          Values.LISTEN,
          "Where approvers answer, a listener of its own; loopback or unix: only.");
  public static final Key<SequencedMap<String, Located<List<Located<Section>>>>> GROUPS =
      Key.required(
          "groups",
          Named.of(
              "group of approvers",
              Values.NAME,
              Items.of(
                  Section.Form.of("an approver", UID, SVID, OIDC).exactlyOne(UID, SVID, OIDC))),
          "Who may answer.");

  public static final Key<String> GROUP =
      Key.optional("group", Values.NAME_OF, "Whose members may; without it those of any group.");
  public static final Key<Duration> LONGEST =
      Key.defaulted(
          "longest",
          Scalars.duration(Values.SECOND, Duration.ofHours(12)),
          "30m",
          "No break-glass is open longer; none is extended, and the next one for the same kind"
              + " waits as long as the last one lasted.");
  public static final Key<Integer> PER_DAY =
      Key.defaulted(
          "per-day", Scalars.integer(1, 100), "3", "How often within 24 hours, for one kind.");
  public static final Key<Section> BREAK_GLASS =
      Key.optional(
          "break-glass",
          Section.Form.of("how rules are set aside", GROUP, LONGEST, PER_DAY),
          "Lets approvers set rules of the policy aside for a while; without it nobody can.");

  public static final Key<URI> URL =
      Key.required("url", Values.ENGINE_URL, "Where; plain http only at a loopback address.");
  public static final Key<Path> KEY =
      Key.required(
          "key",
          Scalars.file("a secret of 32 bytes or more"),
          "The secret that questions and answers are signed with, HMAC-SHA256; read at start.");
  public static final Key<List<Located<String>>> ANSWERS_FOR =
      Key.optional(
          "groups",
          Items.of(Values.NAME_OF),
          "The groups that its answers are good for; without it all of them.");
  public static final Key<Section> WEBHOOK =
      Key.optional(
          "webhook",
          Section.Form.of("a webhook", URL, KEY, ANSWERS_FOR),
          "A program that is told of every question, signed, and may answer it, signed.");

  static final Section.Form FORM =
      Section.Form.of("how humans are asked", LISTEN, GROUPS, BREAK_GLASS, WEBHOOK);

  private ApprovalKeys() {}
}
