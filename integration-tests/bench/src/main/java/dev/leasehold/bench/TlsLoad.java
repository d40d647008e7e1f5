package dev.leasehold.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A closed loop over TLS: so many connections, each sending the next request upon the answer, over
 * the same connection or each over a new one. A process of its own: {@code TlsLoad keep|fresh
 * CONNECTIONS SECONDS} and what {@link Call#arguments} gives. Prints answers per second, of those
 * seconds, and all answers, of the warm-up before them as well.
 */
final class TlsLoad {
  /** This side's own JIT compiler shares its processors with the upstream. */
  private static final Duration WARM_UP = Duration.ofSeconds(8);

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

  private final boolean fresh;
  private final int port;
  private final String name;
  private final ByteBuf connect;
  private final ByteBuf request;
  private final SslContext tls;
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  private long answers;
  private volatile boolean over;

  private TlsLoad(String[] words) throws Exception {
    this.fresh = words[0].equals("fresh");
    this.port = Integer.parseInt(words[3]);
    this.name = words[4];
    this.connect = direct(words[5]);
    this.request = direct(words[6]);
    this.tls =
        SslContextBuilder.forClient()
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .endpointIdentificationAlgorithm("")
            .build();
  }

  private static ByteBuf direct(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    return Unpooled.unreleasableBuffer(
        Unpooled.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes));
  }

  public static void main(String[] words) throws Exception {
    TlsLoad load = new TlsLoad(words);
    for (int i = 0; i < Integer.parseInt(words[1]); i++) {
      load.open();
    }
    Thread.sleep(WARM_UP);
    long begun = System.nanoTime();
    long before = load.counted();
    Thread.sleep(Duration.ofSeconds(Integer.parseInt(words[2])));
    long counted = load.counted();
    double seconds = (System.nanoTime() - begun) / 1e9;
    load.over = true;
    System.out.println((counted - before) / seconds + " " + load.counted());
    System.exit(0);
  }

  private long counted() throws Exception {
    return loop.submit(() -> answers).get();
  }

  static Throughput run(Path folder, Rival rival, boolean fresh, int connections, Duration load) {
    List<String> words =
        List.of(
            fresh ? "fresh" : "keep",
            Integer.toString(connections),
            Long.toString(load.toSeconds()));
    double before = rival.cpu();
    String[] figures =
        LoadProcess.run(folder, TlsLoad.class, words, rival.call()).strip().split(" ", -1);
    return new Throughput(
        Double.parseDouble(figures[0]), (rival.cpu() - before) / Long.parseLong(figures[1]));
  }

  private void open() {
    if (over) {
      return;
    }
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel.pipeline().addLast(new Connection(connect.isReadable()));
              }
            })
        .connect(InetAddress.getLoopbackAddress(), port)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                fail("cannot connect: " + done.cause());
              }
            });
  }

  private static void fail(String why) {
    System.err.println(why);
    System.exit(1);
  }

  private final class Connection extends ChannelInboundHandlerAdapter {
    private boolean inTunnel;
    private final StringBuilder head = new StringBuilder();
    private long bodyLeft = -1;
    private boolean answered;

    Connection(boolean tunnels) {
      this.inTunnel = !tunnels;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      if (inTunnel) {
        secure(ctx);
      } else {
        var unused = ctx.writeAndFlush(connect.duplicate());
      }
    }

    private void secure(ChannelHandlerContext ctx) {
      inTunnel = true;
      ctx.pipeline().addFirst(tls.newHandler(ctx.alloc(), name, port));
      send(ctx);
    }

    private void send(ChannelHandlerContext ctx) {
      head.setLength(0);
      bodyLeft = -1;
      var unused = ctx.writeAndFlush(request.duplicate());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf in = (ByteBuf) message;
      try {
        if (bodyLeft < 0) {
          readHead(in);
        }
        if (!inTunnel) {
          if (bodyLeft >= 0) {
            bodyLeft = -1;
            secure(ctx);
          }
          return;
        }
        if (bodyLeft >= 0) {
          int read = (int) Math.min(bodyLeft, in.readableBytes());
          in.skipBytes(read);
          bodyLeft -= read;
          if (bodyLeft == 0) {
            answered(ctx);
          }
        }
      } finally {
        in.release();
      }
    }

    /** Up to its end, which sets {@link #bodyLeft}. */
    private void readHead(ByteBuf in) {
      while (in.isReadable()) {
        head.append((char) in.readByte());
        int length = head.length();
        if (length > 4 && head.charAt(length - 1) == '\n' && head.charAt(length - 3) == '\n') {
          if (head.indexOf("HTTP/1.1 200") != 0) {
            fail("not the answer that was expected: " + head);
          }
          Matcher matcher = LENGTH.matcher(head);
          bodyLeft = matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
          return;
        }
      }
    }

    private void answered(ChannelHandlerContext ctx) {
      answers++;
      if (over) {
        return;
      }
      if (fresh) {
        answered = true;
        var unused = ctx.close();
        open();
      } else {
        send(ctx);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (!answered && !over) {
        fail("closed before an answer");
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!over) {
        fail("broken: " + cause);
      }
    }
  }
}
