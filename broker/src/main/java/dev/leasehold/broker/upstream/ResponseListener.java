package dev.leasehold.broker.upstream;

import dev.leasehold.broker.http.Framing;
import dev.leasehold.broker.http.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * The call that a connection to a target belongs to for the time of one exchange. Called on the
 * connection's event loop, in this order: interim heads, one head, data, end; or a failure at any
 * time, after which nothing more comes.
 */
public interface ResponseListener {
  /** A 1xx answer, but for 101. */
  void interim(ResponseHead head);

  /**
   * A 101, which comes only where it was asked for; what follows is data until the target closes.
   */
  void switched(ResponseHead head);

  void head(ResponseHead head, Framing framing);

  /**
   * @param data to be released by the listener
   */
  void data(ByteBuf data);

  void end();

  /** Everything that was read for now has been handed over. */
  void readComplete();

  void failed(UpstreamFailure failure);

  /** The connection can, or can no longer, take more of the request. */
  void writabilityChanged(boolean writable);
}
