package dev.leasehold.broker.upstream;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whose TLS the data path speaks: BoringSSL's where its native library can be loaded, which is
 * faster, and otherwise the JDK's. {@code -Dio.netty.handler.ssl.noOpenSsl=true} asks for the
 * latter.
 */
public final class TlsEngines {
  private static final long LAST_HANDSHAKE_SECONDS = 60;

  private TlsEngines() {}

  public static SslProvider provider() {
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
  }

  /** The file of the system's roots, PEM; empty where the JDK's own count. Looked for each time. */
  public static Optional<Path> systemRoots() {
    return TlsContexts.systemRoots();
  }

  /** Gives up what {@code context} holds outside the heap, once nobody can be about to use it. */
  @SuppressWarnings("FutureReturnValueIgnored") // at worst it is kept until the process ends
  public static void retire(SslContext context) {
    GlobalEventExecutor.INSTANCE.schedule(
        () -> ReferenceCountUtil.release(context), LAST_HANDSHAKE_SECONDS, TimeUnit.SECONDS);
  }
}
