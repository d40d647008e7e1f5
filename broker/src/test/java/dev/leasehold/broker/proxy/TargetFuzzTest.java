package dev.leasehold.broker.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.leasehold.broker.destination.CanonicalPath;
import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.HeadReader;
import dev.leasehold.broker.http.MalformedMessage;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.policy.Call;
import dev.leasehold.broker.policy.Policy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Any target and any Host, as an agent may write them. The seeds run with every build. */
final class TargetFuzzTest {
  private static final Pattern PLAIN_HOST = Pattern.compile("[a-z0-9_.-]+|[0-9a-f:.]+");

  /** An escape in lower case, or of what needs none (RFC 3986 §6.2.2). */
  private static final Pattern WRITTEN_OTHERWISE =
      Pattern.compile("%(?:[0-9A-F]?[a-f]|2[DE]|3[0-9]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])");

  private static final RuleSet RULES =
      new RuleSet(new Policy("v1", Map.of(), Map.of(), InstantSource.system()), Map.of());

  /**
   * @param input the target, a line feed, and what Host says
   */
  @FuzzTest
  void acceptedTargetMeansTheSameToAnotherReaderAndWhenItIsWrittenAnew(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    String target = end < 0 ? text : text.substring(0, end);
    String host = end < 0 ? "h" : text.substring(end + 1);
    if (read(target, host) instanceof AgentRequest accepted) {
      Call call = accepted.call();
      String path = call.path().text();
      assertTrue(PLAIN_HOST.matcher(call.host()).matches());
      assertFalse(path.contains("//") || path.contains("/../") || path.contains("/./"));
      String authority = new Authority(call.host(), call.port()).toString();
      String query = accepted.query().isEmpty() ? "" : "?" + accepted.query();
      String anew = call.scheme().word() + "://" + authority + path + query;
      AgentRequest again = (AgentRequest) read(anew, authority);
      assertEquals(authority, new Authority(again.call().host(), again.call().port()).toString());
      assertEquals(call.scheme(), again.call().scheme());
      assertEquals(path, again.call().path().text());
      assertEquals(accepted.query(), again.query());
      assertSameForUri(target, call);
    }
  }

  @FuzzTest
  void canonicalPathIsItsOwnCanonicalForm(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    for (boolean encodedSlash : new boolean[] {true, false}) {
      if (CanonicalPath.parse(text, encodedSlash)
          instanceof CanonicalPath.Result.Canonical(CanonicalPath path)) {
        CanonicalPath again =
            ((CanonicalPath.Result.Canonical) CanonicalPath.parse(path.text(), encodedSlash))
                .path();
        assertEquals(path.text(), again.text());
        assertEquals(path.segments(), again.segments());
        assertFalse(WRITTEN_OTHERWISE.matcher(path.text()).find());
        assertFalse(path.segments().contains("..") || path.segments().contains("."));
      }
    }
  }

  private static Reading read(String target, String host) {
    String head = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    ByteBuf in = Unpooled.copiedBuffer(head, StandardCharsets.ISO_8859_1);
    try {
      byte[] bytes = new HeadReader(8192, 16_384, 100).read(in);
      return bytes == null || in.isReadable()
          ? Refusal.of(dev.leasehold.broker.telemetry.Problem.AMBIGUOUS_REQUEST, "not one head")
          : AgentRequest.of(
              RequestHead.parse(bytes), Framing.NONE, new Door.Proxy(), RULES, "leasehold-00");
    } catch (MalformedMessage refused) {
      return Refusals.of(refused);
    } finally {
      in.release();
    }
  }

  /** Where the JDK reads the target as a URL at all, it has to be the same one. */
  private static void assertSameForUri(String target, Call call) {
    URI uri;
    try {
      uri = new URI(target);
    } catch (URISyntaxException none) {
      return;
    }
    if (uri.getHost() != null) {
      String host = uri.getHost().toLowerCase(Locale.ROOT);
      assertEquals(new Authority(call.host(), Call.ANY_PORT), Authority.parse(host));
      assertEquals(call.port(), uri.getPort());
      assertEquals(call.scheme().word(), uri.getScheme().toLowerCase(Locale.ROOT));
    }
  }
}
