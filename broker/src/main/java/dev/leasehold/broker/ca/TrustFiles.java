package dev.leasehold.broker.ca;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The files by which an agent's programs trust the CA: it alone, for programs that add it to what
 * they trust; with the system's roots, for programs that replace what they trust; the same for
 * Java; and where it is, for wget. Nothing but what is public. Blocks.
 */
public final class TrustFiles implements CertificateAuthorities.Publication, AutoCloseable {
  /** Our roots alone, PEM. */
  public static final String CA = "ca.crt";

  /** The system's roots and ours, PEM. */
  public static final String BUNDLE = "ca-bundle.crt";

  /** The same as a PKCS #12 store. */
  public static final String STORE = "truststore.p12";

  /** Names {@link #BUNDLE} to wget, which knows no variable for it; public like the rest. */
  public static final String WGETRC = "wgetrc";

  /** Of {@link #STORE}; Java wants one. */
  public static final String STORE_PASSWORD = JavaTrustStore.PASSWORD;

  private static final List<String> NAMES = List.of(CA, BUNDLE, STORE, WGETRC);

  private final PublicFolder folder;
  private final Path bundle;
  private final Supplier<Optional<Path>> systemRoots;
  private boolean closed;

  /**
   * @param systemRoots the file of them, PEM; the JDK's own count where there is none
   */
  public TrustFiles(Path folder, int ownUid, Supplier<Optional<Path>> systemRoots) {
    this.folder = new PublicFolder(folder, ownUid);
    this.bundle = folder.resolve(BUNDLE).toAbsolutePath();
    this.systemRoots = systemRoots;
  }

  /**
   * Why the files may not be put there, whoever the sidecar is; empty when there is no such folder
   * yet.
   */
  public static Optional<String> refusal(Path folder) {
    return PublicFolder.refusalForAnybody(folder);
  }

  /** Replaces each file as a whole. Without any root there are no files. */
  @Override
  public synchronized void publish(List<X509Certificate> roots) throws IOException {
    if (closed) {
      return;
    }
    if (roots.isEmpty()) {
      folder.removeAll(NAMES); // what an earlier life left is trusted by nobody any more
      return;
    }
    for (Map.Entry<String, byte[]> file : contents(roots).entrySet()) {
      folder.write(file.getKey(), file.getValue());
    }
  }

  private Map<String, byte[]> contents(List<X509Certificate> roots) throws IOException {
    try {
      List<byte[]> ours = new ArrayList<>();
      for (X509Certificate root : roots) {
        ours.add(root.getEncoded());
      }
      List<byte[]> all = new ArrayList<>(ours); // first, so that they are found at once
      all.addAll(OtherRoots.read(systemRoots.get()));
      Map<String, byte[]> contents = new LinkedHashMap<>();
      contents.put(CA, Pem.write(ours));
      contents.put(BUNDLE, Pem.write(all));
      contents.put(STORE, JavaTrustStore.of(all));
      contents.put(WGETRC, ("ca_certificate = " + bundle + "\n").getBytes(UTF_8));
      return contents;
    } catch (GeneralSecurityException failure) {
      throw new IOException("the roots to be trusted cannot be put together", failure);
    }
  }

  /** Removes the files that this wrote, for good. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    folder.removeWritten();
  }
}
