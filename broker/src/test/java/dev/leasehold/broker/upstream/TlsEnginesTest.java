package dev.leasehold.broker.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.handler.ssl.SslProvider;
import org.junit.jupiter.api.Test;

/** The build runs it twice, as it does all that speaks TLS: with BoringSSL and with the JDK. */
final class TlsEnginesTest {
  @Test
  void libraryIsTheFasterOneUnlessTheOtherIsAskedFor() {
    boolean jdk = Boolean.getBoolean("io.netty.handler.ssl.noOpenSsl");
    assertEquals(jdk ? SslProvider.JDK : SslProvider.OPENSSL_REFCNT, TlsEngines.provider());
  }
}
