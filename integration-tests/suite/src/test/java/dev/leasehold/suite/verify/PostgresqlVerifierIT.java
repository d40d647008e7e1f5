package dev.leasehold.suite.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.leasehold.broker.lease.TargetProof;
import dev.leasehold.broker.lease.VerifierConfig;
import dev.leasehold.broker.verify.Verifiers;
import dev.leasehold.testbed.Needs;
import dev.leasehold.testbed.Testbed;
import dev.leasehold.testbed.postgres.DemoDatabase;
import dev.leasehold.testbed.postgres.PostgresServer;
import dev.leasehold.testbed.server.Await;
import dev.leasehold.testbed.tls.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a PostgreSQL says of a role, asked by an account that may connect and no more. */
class PostgresqlVerifierIT {
  private static final String OBSERVER = "observer";
  private static final String PASSWORD = "only-looks-on";
  private static Testbed testbed;
  private static PostgresServer server;
  private static Path password;
  private static Path ca;

  @BeforeAll
  static void start() throws IOException {
    testbed = Testbed.start(Needs.POSTGRES);
    server = testbed.database().server();
    server.offerTls(testbed.ca().leaf(server.host()));
    testbed.database().addObserver(OBSERVER, PASSWORD);
    password = Files.writeString(testbed.folder().resolve("password"), PASSWORD + "\n");
    ca = Files.writeString(testbed.folder().resolve("ca.pem"), testbed.ca().pem());
  }

  @AfterAll
  static void stop() {
    testbed.close();
  }

  private static TargetProof verify(String user, Path passwordFile, Path authority) {
    return Verifiers.of(
            new VerifierConfig.Postgresql(
                server.host(),
                server.port(),
                DemoDatabase.NAME,
                OBSERVER,
                passwordFile,
                Optional.of(authority)))
        .verify(user);
  }

  private static TargetProof verify(String user) {
    return verify(user, password, ca);
  }

  private static void sql(String command) {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(command);
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Test
  void aRoleIsThereUntilItIsDropped() {
    sql("CREATE ROLE \"v-still-here\" LOGIN");
    assertEquals(TargetProof.PRESENT, verify("v-still-here"));
    sql("DROP ROLE \"v-still-here\"");
    assertEquals(TargetProof.GONE, verify("v-still-here"));
  }

  @Test
  void aRoleThatMayLogInNoMoreIsStillThere() {
    sql("CREATE ROLE \"v-locked\" NOLOGIN");
    assertEquals(TargetProof.PRESENT, verify("v-locked"));
    sql("DROP ROLE \"v-locked\"");
  }

  @Test
  void aSessionThatOutlivesItsRoleLeavesTheAnswerOpen() throws SQLException {
    // Given
    sql("CREATE ROLE \"v-at-work\" LOGIN PASSWORD 'works-on'");
    try (Connection session = testbed.database().connect("v-at-work", "works-on")) {
      // When
      sql("DROP ROLE \"v-at-work\"");
      // Then
      assertEquals(TargetProof.UNKNOWN, verify("v-at-work"));
      assertFalse(session.isClosed());
      sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename IS NULL");
    }
    Await.until("the session is gone", () -> verify("v-at-work") == TargetProof.GONE);
  }

  @Test
  void aServerThatCannotProveItsNameIsNotBelieved() throws IOException {
    Path another =
        Files.writeString(
            testbed.folder().resolve("another-ca.pem"), TestCa.create("Another").pem());
    assertEquals(TargetProof.UNKNOWN, verify("v-nobody", password, another));
  }

  @Test
  void aLoginThatIsRefusedProvesNothing() throws IOException {
    Path wrong = Files.writeString(testbed.folder().resolve("wrong"), "wrong\n");
    assertEquals(TargetProof.UNKNOWN, verify("v-nobody", wrong, ca));
  }
}
