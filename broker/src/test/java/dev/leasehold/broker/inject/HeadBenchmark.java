package dev.leasehold.broker.inject;

import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.MalformedMessage;
import dev.leasehold.broker.http.RequestHead;
import dev.leasehold.broker.lease.Lease;
import dev.leasehold.broker.lease.SampleLease;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reading an agent's head, and writing the one that goes to the target with a secret in it. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH does it
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeadBenchmark {
  private byte[] bytes;
  private RequestHead head;
  private Injector injector;

  @Setup
  public void read() throws MalformedMessage {
    bytes =
        """
        GET /api/queues/shop/orders?limit=20 HTTP/1.1
        Host: broker-api.example
        User-Agent: python-requests/2.32.3
        Accept: application/json
        Accept-Encoding: gzip, deflate
        Authorization: Bearer what-the-agent-made-up
        Content-Type: application/json
        X-Request-Id: 0f8fad5b-d9cb-469f-a165-70867728950e
        Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
        Cookie: session=none
        Connection: keep-alive

        """
            .replace("\n", "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    head = RequestHead.parse(bytes);
    Lease lease =
        SampleLease.bring(
            SampleLease.none(),
            SampleLease.credential("rabbit"),
            Map.of("username", "v-cert-orders-rw-x8PpQ2", "password", "A1a-0123456789abcdefgh"));
    injector =
        new Injector(
            new Injection.Basic(Template.parse("{username}"), Template.parse("{password}")),
            Objects.requireNonNull(SampleLease.use(lease)));
  }

  @Benchmark
  public Object parse() throws MalformedMessage {
    return RequestHead.parse(bytes);
  }

  @Benchmark
  public int rewrite() {
    ByteBuf out =
        new OutboundRequest(
                head,
                "GET",
                "/api/queues/shop/orders",
                "limit=20",
                "broker-api.example",
                Framing.NONE,
                Set.of(),
                Set.of(),
                false,
                "leasehold-1a2b3c4d")
            .write(PooledByteBufAllocator.DEFAULT, injector);
    int written = out.readableBytes();
    OutboundRequest.wipe(out);
    out.release();
    return written;
  }
}
