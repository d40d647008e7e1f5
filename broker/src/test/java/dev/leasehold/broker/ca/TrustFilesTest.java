package dev.leasehold.broker.ca;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.leasehold.broker.testing.ManualClock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written for those who shall trust the CA, and where it is not written. */
final class TrustFilesTest {
  @TempDir Path temp;

  private final InterceptionCa system = InterceptionCa.of(Set.of("s.example"), new ManualClock());
  private final InterceptionCa one = InterceptionCa.of(Set.of("a.example"), new ManualClock());
  private final InterceptionCa two = InterceptionCa.of(Set.of("b.example"), new ManualClock());
  private Path folder;
  private Path systemFile;
  private int ownUid;
  private TrustFiles files;

  @BeforeEach
  void prepare() throws Exception {
    folder = temp.resolve("run/leasehold");
    ownUid = (Integer) Files.getAttribute(temp, "unix:uid");
    systemFile = temp.resolve("roots.pem");
    Files.writeString(
        systemFile, "# a name\r\n" + new String(pem(system), StandardCharsets.US_ASCII));
    files = new TrustFiles(folder, ownUid, () -> Optional.of(systemFile));
  }

  private static byte[] pem(InterceptionCa ca) throws Exception {
    return Pem.write(List.of(ca.roots().getFirst().getEncoded()));
  }

  private static List<X509Certificate> roots(InterceptionCa... cas) {
    return List.of(cas).stream().flatMap(ca -> ca.roots().stream()).toList();
  }

  private Set<Certificate> certificatesIn(String name) throws Exception {
    try (InputStream in = Files.newInputStream(folder.resolve(name))) {
      Collection<? extends Certificate> read =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      return new HashSet<>(read);
    }
  }

  private Set<Certificate> trustedByStore() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(TrustFiles.STORE))) {
      store.load(in, TrustFiles.STORE_PASSWORD.toCharArray());
    }
    Set<Certificate> trusted = new HashSet<>();
    for (String alias : Collections.list(store.aliases())) {
      assertTrue(store.isCertificateEntry(alias), "trusted, not the chain of some key");
      trusted.add(store.getCertificate(alias));
    }
    return trusted;
  }

  @Test
  void theRootsOfAllCasAreInTheFilesAndTheSystemsWhereThoseReplace() throws Exception {
    files.publish(roots(one, two));

    assertEquals(Set.copyOf(roots(one, two)), certificatesIn(TrustFiles.CA));
    assertEquals(Set.copyOf(roots(one, two, system)), certificatesIn(TrustFiles.BUNDLE));
    assertEquals(Set.copyOf(roots(one, two, system)), trustedByStore());
  }

  @Test
  void withoutASystemsFileTheRootsOfTheJdkCount() throws Exception {
    new TrustFiles(folder, ownUid, Optional::empty).publish(roots(one));

    assertEquals(Set.copyOf(roots(one)), certificatesIn(TrustFiles.CA));
    assertTrue(certificatesIn(TrustFiles.BUNDLE).size() > 50);
    assertEquals(certificatesIn(TrustFiles.BUNDLE), trustedByStore());
  }

  @Test
  void wgetIsToldWhereTheBundleIs() throws Exception {
    files.publish(roots(one));

    assertEquals(
        "ca_certificate = " + folder.resolve(TrustFiles.BUNDLE) + "\n",
        Files.readString(folder.resolve(TrustFiles.WGETRC)));
  }

  @Test
  void everybodyMayReadAndNobodyElseWrite() throws Exception {
    files.publish(roots(one));

    assertEquals("rwxr-xr-x", rights(folder));
    for (String name :
        List.of(TrustFiles.CA, TrustFiles.BUNDLE, TrustFiles.STORE, TrustFiles.WGETRC)) {
      assertEquals("rw-r--r--", rights(folder.resolve(name)));
    }
  }

  private static String rights(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void noPrivateKeyIsEverWritten() throws Exception {
    Leaf leaf = one.leaf("a.example").orElseThrow().join();
    files.publish(roots(one));

    try (var all = Files.walk(temp)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("PRIVATE"), file.toString());
        byte[] key = leaf.key().getEncoded();
        assertFalse(text.contains(new String(key, StandardCharsets.ISO_8859_1)), file.toString());
        assertFalse(text.contains(Base64.getEncoder().encodeToString(key)), file.toString());
      }
    }
  }

  @Test
  void whatAnotherMayWriteIsRefused() throws Exception {
    Files.createDirectories(folder);
    for (String rights : List.of("rwxrwxr-x", "rwxr-xrwx", "rwxrwxrwx")) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(rights));
      assertRefused("can be written by others");
    }
  }

  @Test
  void aFolderOfAnotherUserIsRefused() throws Exception {
    Files.createDirectories(folder);
    if (ownUid == 0) {
      Files.setAttribute(folder, "unix:uid", 12345);
    } else {
      files = new TrustFiles(folder, ownUid + 1, Optional::empty);
    }
    assertNotPublished("belongs to another user");
    assertTrue(TrustFiles.refusal(folder).isEmpty(), "who checks need not be the sidecar");
  }

  @Test
  void aSymbolicLinkIsRefused() throws Exception {
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Files.createDirectories(folder.getParent());
    Files.createSymbolicLink(folder, elsewhere);
    assertRefused("is a symbolic link");
    try (var left = Files.list(elsewhere)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void aFileInPlaceOfTheFolderIsRefused() throws Exception {
    Files.createDirectories(folder.getParent());
    Files.createFile(folder);
    assertRefused("is not a folder");
  }

  @Test
  void aFolderThatCannotBeMadeIsToldByName() throws Exception {
    Files.createFile(temp.resolve("run"));
    IOException refused = assertThrows(IOException.class, () -> files.publish(roots(one)));
    assertTrue(
        String.valueOf(refused.getMessage()).contains(folder.toString()), refused.getMessage());
    assertTrue(
        String.valueOf(refused.getMessage()).contains("cannot be made"), refused.getMessage());
  }

  private void assertRefused(String why) {
    assertNotPublished(why);
    assertTrue(TrustFiles.refusal(folder).orElseThrow().contains(why));
  }

  private void assertNotPublished(String why) {
    IOException refused = assertThrows(IOException.class, () -> files.publish(roots(one)));
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
    assertTrue(
        String.valueOf(refused.getMessage()).contains(folder.toString()), refused.getMessage());
  }

  @Test
  void aFileThatIsALinkIsReplacedAndNotFollowed() throws Exception {
    Path precious = Files.writeString(temp.resolve("precious"), "kept");
    Files.createDirectories(folder);
    Files.createSymbolicLink(folder.resolve(TrustFiles.CA), precious);

    files.publish(roots(one));
    assertEquals("kept", Files.readString(precious));
    assertFalse(Files.isSymbolicLink(folder.resolve(TrustFiles.CA)));
  }

  @Test
  void whatWasWrittenIsRemovedAtTheEndAndNothingElse() throws Exception {
    files.publish(roots(one));
    Files.writeString(folder.resolve("other"), "kept");
    Files.delete(folder.resolve(TrustFiles.BUNDLE));
    Files.writeString(folder.resolve(TrustFiles.BUNDLE), "of another sidecar");

    files.close();
    files.publish(roots(one)); // too late
    try (var left = Files.list(folder)) {
      assertEquals(
          List.of(TrustFiles.BUNDLE, "other"),
          left.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void whatAnEarlierLifeLeftIsNotLeftWhereThereIsNoCa() throws Exception {
    files.publish(roots(one));
    new TrustFiles(folder, ownUid, Optional::empty).publish(List.of());
    try (var left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }
}
