package dev.leasehold.testbed.spiffe;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.nimbusds.jwt.JWTClaimsSet;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.spiffe.workloadapi.grpc.SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIImplBase;
import io.spiffe.workloadapi.grpc.Workload.JWTBundlesRequest;
import io.spiffe.workloadapi.grpc.Workload.JWTBundlesResponse;
import io.spiffe.workloadapi.grpc.Workload.JWTSVIDRequest;
import io.spiffe.workloadapi.grpc.Workload.JWTSVIDResponse;
import io.spiffe.workloadapi.grpc.Workload.ValidateJWTSVIDRequest;
import io.spiffe.workloadapi.grpc.Workload.ValidateJWTSVIDResponse;
import io.spiffe.workloadapi.grpc.Workload.X509BundlesRequest;
import io.spiffe.workloadapi.grpc.Workload.X509BundlesResponse;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDRequest;
import io.spiffe.workloadapi.grpc.Workload.X509SVIDResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * The SPIFFE Workload API (SPIFFE_Workload_API.md §5 and §6): streams carry the complete current
 * set each time, and a caller without an identity gets PERMISSION_DENIED.
 */
final class WorkloadApiService extends SpiffeWorkloadAPIImplBase {

  /** What the service says. An empty response means that the caller has no identity. */
  interface Answers {

    X509SVIDResponse x509Svids(int uid);

    X509BundlesResponse x509Bundles(int uid);

    JWTSVIDResponse jwtSvids(int uid, List<String> audience, String spiffeId);

    JWTBundlesResponse jwtBundles(int uid);

    /** The claims of a JWT-SVID that is good for this audience. */
    Optional<JWTClaimsSet> validate(String token, String audience);
  }

  /** Carries out an answer now, later or never. */
  @FunctionalInterface
  interface Pace extends Consumer<Runnable> {}

  private final Answers answers;
  private final Pace pace;
  private final Set<Stream<?>> streams = ConcurrentHashMap.newKeySet();

  WorkloadApiService(Answers answers, Pace pace) {
    this.answers = answers;
    this.pace = pace;
  }

  /** Sends every open stream what holds now. */
  void pushAll() {
    streams.forEach(Stream::push);
  }

  @Override
  public void fetchX509SVID(X509SVIDRequest request, StreamObserver<X509SVIDResponse> observer) {
    open(observer, answers::x509Svids, response -> response.getSvidsCount() > 0);
  }

  @Override
  public void fetchX509Bundles(
      X509BundlesRequest request, StreamObserver<X509BundlesResponse> observer) {
    open(observer, answers::x509Bundles, response -> response.getBundlesCount() > 0);
  }

  @Override
  public void fetchJWTBundles(
      JWTBundlesRequest request, StreamObserver<JWTBundlesResponse> observer) {
    open(observer, answers::jwtBundles, response -> response.getBundlesCount() > 0);
  }

  @Override
  public void fetchJWTSVID(JWTSVIDRequest request, StreamObserver<JWTSVIDResponse> observer) {
    if (request.getAudienceCount() == 0) {
      observer.onError(invalid("audience must be specified"));
      return;
    }
    int uid = PeerUid.current();
    pace.accept(
        () -> {
          JWTSVIDResponse response =
              answers.jwtSvids(uid, request.getAudienceList(), request.getSpiffeId());
          once(observer, response, response.getSvidsCount() > 0);
        });
  }

  @Override
  public void validateJWTSVID(
      ValidateJWTSVIDRequest request, StreamObserver<ValidateJWTSVIDResponse> observer) {
    answers
        .validate(request.getSvid(), request.getAudience())
        .ifPresentOrElse(
            claims -> once(observer, validated(claims), true),
            () -> observer.onError(invalid("the token is not valid for this audience")));
  }

  private static ValidateJWTSVIDResponse validated(JWTClaimsSet claims) {
    Struct.Builder fields = Struct.newBuilder();
    BiConsumer<String, Object> put =
        (name, value) ->
            fields.putFields(
                name, Value.newBuilder().setStringValue(String.valueOf(value)).build());
    claims.getClaims().forEach(put);
    return ValidateJWTSVIDResponse.newBuilder()
        .setSpiffeId(claims.getSubject())
        .setClaims(fields)
        .build();
  }

  private static <A> void once(StreamObserver<A> observer, A response, boolean granted) {
    if (granted) {
      observer.onNext(response);
      observer.onCompleted();
    } else {
      observer.onError(noIdentity());
    }
  }

  private <A> void open(StreamObserver<A> observer, IntFunction<A> answer, Predicate<A> granted) {
    Stream<A> stream =
        new Stream<>((ServerCallStreamObserver<A>) observer, PeerUid.current(), answer, granted);
    stream.observer.setOnCancelHandler(() -> streams.remove(stream));
    streams.add(stream);
    stream.push();
  }

  private static RuntimeException invalid(String reason) {
    return Status.INVALID_ARGUMENT.withDescription(reason).asRuntimeException();
  }

  private static RuntimeException noIdentity() {
    return Status.PERMISSION_DENIED.withDescription("no identity issued").asRuntimeException();
  }

  /** One open server-side stream; its observer is used under its own lock. */
  private final class Stream<A> {

    private final ServerCallStreamObserver<A> observer;
    private final int uid;
    private final IntFunction<A> answer;
    private final Predicate<A> granted;

    Stream(
        ServerCallStreamObserver<A> observer,
        int uid,
        IntFunction<A> answer,
        Predicate<A> granted) {
      this.observer = observer;
      this.uid = uid;
      this.answer = answer;
      this.granted = granted;
    }

    void push() {
      pace.accept(this::pushNow);
    }

    private synchronized void pushNow() {
      if (observer.isCancelled() || !streams.contains(this)) {
        return;
      }
      A response = answer.apply(uid);
      if (granted.test(response)) {
        observer.onNext(response);
      } else {
        streams.remove(this);
        observer.onError(noIdentity());
      }
    }
  }
}
