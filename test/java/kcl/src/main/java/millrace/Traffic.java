package millrace;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.ScalingType;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.model.StreamStatus;

/**
 * Writes a stream by several threads, each key by one of them and in order, while its shards are
 * split, merged and scaled.
 */
final class Traffic {
    static final int THREADS = 4;
    static final int KEYS = 20;

    private final KinesisAsyncClient kinesis;
    private final String stream;
    private final int perKey;
    private final AtomicInteger put = new AtomicInteger();

    Traffic(KinesisAsyncClient kinesis, String stream, int perKey) {
        this.kinesis = kinesis;
        this.stream = stream;
        this.perKey = perKey;
    }

    int total() {
        return KEYS * perKey;
    }

    /** Returns when all is put and the shards have been changed three times. */
    void run() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int first = thread;
            threads.add(new Thread(() -> write(first)));
        }
        threads.forEach(Thread::start);
        awaitPut(total() / 5);
        splitFirst();
        awaitPut(2 * total() / 5);
        mergeNeighbours();
        awaitPut(3 * total() / 5);
        int shards = openShards().size();
        kinesis.updateShardCount(scale -> scale.streamName(stream)
                .targetShardCount(2 * shards).scalingType(ScalingType.UNIFORM_SCALING)).get();
        awaitActive();
        for (Thread thread : threads) thread.join();
        if (put.get() < total()) throw new IllegalStateException("only " + put + " were put");
    }

    private void write(int first) {
        try {
            for (int number = 0; number < perKey; number++) {
                for (int key = first; key < KEYS; key += THREADS) putRecord("key-" + key, number);
            }
        } catch (Exception cause) {
            cause.printStackTrace();
        }
    }

    private void putRecord(String key, int number) throws ExecutionException, InterruptedException {
        SdkBytes data = SdkBytes.fromUtf8String(key + " " + number);
        kinesis.putRecord(record -> record.streamName(stream).partitionKey(key).data(data)).get();
        put.incrementAndGet();
        Thread.sleep(2);
    }

    private void splitFirst() throws Exception {
        Shard shard = openShards().get(0);
        // As most tools halve a range that begins at 0: one hash key less in the lower half, so that
        // scaling afterwards finds a border right beside one that it wants.
        BigInteger middle = new BigInteger(shard.hashKeyRange().endingHashKey()).shiftRight(1);
        kinesis.splitShard(split -> split.streamName(stream).shardToSplit(shard.shardId())
                .newStartingHashKey(middle.toString())).get();
        awaitActive();
    }

    private void mergeNeighbours() throws Exception {
        List<Shard> open = openShards();
        Shard last = open.get(open.size() - 1);
        Shard before = open.get(open.size() - 2);
        kinesis.mergeShards(merge -> merge.streamName(stream).shardToMerge(before.shardId())
                .adjacentShardToMerge(last.shardId())).get();
        awaitActive();
    }

    /** In the order of their hash keys. */
    private List<Shard> openShards() throws Exception {
        return kinesis.listShards(list -> list.streamName(stream)).get().shards().stream()
                .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
                .sorted(Comparator.comparing(shard ->
                        new BigInteger(shard.hashKeyRange().startingHashKey())))
                .toList();
    }

    void awaitActive() throws Exception {
        while (kinesis.describeStreamSummary(asked -> asked.streamName(stream)).get()
                .streamDescriptionSummary().streamStatus() != StreamStatus.ACTIVE) {
            Thread.sleep(50);
        }
    }

    private void awaitPut(int count) throws InterruptedException {
        while (put.get() < count) Thread.sleep(10);
    }
}
