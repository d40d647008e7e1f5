package dev.leasehold.broker.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What a server presents to other sidecars, and whom it lets in. Both ask for the identity of now
 * at each handshake, so that a rotation needs nothing of the server.
 */
public final class PeerTls {
  private PeerTls() {}

  /** Presents the SVID of now. */
  public static X509ExtendedKeyManager keys(Supplier<Optional<IdentitySnapshot>> identity) {
    return new Keys(identity);
  }

  /** Lets in the holders of these SPIFFE IDs. */
  public static X509ExtendedTrustManager trust(
      Supplier<Optional<IdentitySnapshot>> identity, Set<String> peers) {
    return new Trust(identity, Set.copyOf(peers));
  }

  private static final class Keys extends X509ExtendedKeyManager {
    private static final int KEPT = 4;

    private final Supplier<Optional<IdentitySnapshot>> identity;

    // A handshake asks for chain and key one after the other, and a rotation may come in between.
    private final Map<String, IdentitySnapshot> offered =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, IdentitySnapshot> eldest) {
            return size() > KEPT;
          }
        };

    Keys(Supplier<Optional<IdentitySnapshot>> identity) {
      this.identity = identity;
    }

    private synchronized @Nullable String choose(String keyType) {
      IdentitySnapshot now = identity.get().orElse(null);
      if (now == null || !keyType.equals(now.key().getAlgorithm())) {
        return null;
      }
      String alias = Integer.toHexString(now.chain().getFirst().hashCode());
      offered.put(alias, now);
      return alias;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return choose(keyType);
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return choose(keyType);
    }

    @Override
    public synchronized X509Certificate @Nullable [] getCertificateChain(String alias) {
      IdentitySnapshot chosen = offered.get(alias);
      return chosen == null ? null : chosen.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public synchronized @Nullable PrivateKey getPrivateKey(String alias) {
      IdentitySnapshot chosen = offered.get(alias);
      return chosen == null ? null : chosen.key();
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      String alias = choose(keyType);
      return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }

  private static final class Trust extends X509ExtendedTrustManager {
    private final Supplier<Optional<IdentitySnapshot>> identity;
    private final Set<String> peers;

    Trust(Supplier<Optional<IdentitySnapshot>> identity, Set<String> peers) {
      this.identity = identity;
      this.peers = peers;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      IdentitySnapshot own =
          identity.get().orElseThrow(() -> new CertificateException("no trust bundle"));
      if (!peers.contains(PeerSvid.verified(List.copyOf(Arrays.asList(chain)), own))) {
        throw new CertificateException("the client is none of the peers");
      }
    }

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String authType, @Nullable Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("this side is a server");
    }

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String authType, @Nullable Socket socket)
        throws CertificateException {
      throw new CertificateException("this side is a server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      throw new CertificateException("this side is a server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
