import com.amazonaws.AmazonServiceException;
import com.amazonaws.Request;
import com.amazonaws.Response;
import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.handlers.RequestHandler2;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDB;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBClientBuilder;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBStreamsClientBuilder;
import com.amazonaws.services.dynamodbv2.model.BillingMode;
import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsWorkerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.RecordAdapter;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.IRecordProcessorCheckpointer;
import com.amazonaws.services.kinesis.clientlibrary.interfaces.v2.IRecordProcessor;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.InitialPositionInStream;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.KinesisClientLibConfiguration;
import com.amazonaws.services.kinesis.clientlibrary.lib.worker.ShutdownReason;
import com.amazonaws.services.kinesis.clientlibrary.types.InitializationInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ProcessRecordsInput;
import com.amazonaws.services.kinesis.clientlibrary.types.ShutdownInput;
import com.amazonaws.services.kinesis.metrics.impl.NullMetricsFactory;
import com.amazonaws.services.kinesis.model.Record;
import java.util.concurrent.Executors;

/** A worker of version 1 of the adapter: ENDPOINT STREAM-ARN APPLICATION WORKER JOURNAL. */
public final class Worker1 {
  public static void main(String[] args) throws Exception {
    String streamArn = args[1];
    Journal journal = new Journal(args[4], args[3]);
    Journal.endWithInput();
    var credentials = new AWSStaticCredentialsProvider(new BasicAWSCredentials("test", "test"));
    var endpoint = new EndpointConfiguration(args[0], "us-east-1");
    var refusals = new RequestHandler2() {
      @Override
      public void afterError(Request<?> request, Response<?> response, Exception error) {
        String operation = request.getOriginalRequest().getClass().getSimpleName().replaceFirst("Request$", "");
        boolean answered = error instanceof AmazonServiceException;
        String code = answered ? ((AmazonServiceException) error).getErrorCode() : error.getClass().getSimpleName();
        journal.write("refused", operation, code, error.getMessage());
      }
    };
    AmazonDynamoDB leases = AmazonDynamoDBClientBuilder.standard().withEndpointConfiguration(endpoint)
        .withCredentials(credentials).withRequestHandlers(refusals).build();
    var streams = new AmazonDynamoDBStreamsAdapterClient(AmazonDynamoDBStreamsClientBuilder.standard()
        .withEndpointConfiguration(endpoint).withCredentials(credentials).withRequestHandlers(refusals).build());
    // Made for minutes and hours; a test has seconds.
    var settings = new KinesisClientLibConfiguration(args[2], streamArn, credentials, args[3])
        .withInitialPositionInStream(InitialPositionInStream.TRIM_HORIZON)
        .withMaxRecords(50)
        .withBillingMode(BillingMode.PAY_PER_REQUEST)
        .withFailoverTimeMillis(1_500)
        .withShardSyncIntervalMillis(1_000)
        .withLeasesRecoveryAuditorExecutionFrequencyMillis(1_000)
        .withParentShardPollIntervalMillis(200)
        .withIdleTimeBetweenReadsInMillis(100)
        .withMaxLeasesToStealAtOneTime(4);
    StreamsWorkerFactory.createDynamoDbStreamsWorker(() -> new Processor(journal), settings, streams, leases,
        new NullMetricsFactory(), Executors.newCachedThreadPool()).run();
  }

  private static final class Processor implements IRecordProcessor {
    private final Journal journal;
    private String shard;

    Processor(Journal journal) {
      this.journal = journal;
    }

    @Override
    public void initialize(InitializationInput input) {
      shard = input.getShardId();
      journal.write("start", shard, input.getExtendedSequenceNumber().getSequenceNumber());
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
      for (Record record : input.getRecords()) {
        var change = ((RecordAdapter) record).getInternalObject();
        var image = change.getDynamodb().getNewImage();
        journal.write("record", shard, record.getSequenceNumber(), change.getEventName(), image.get("p").getS(),
            image.get("n").getN());
      }
      if (!input.getRecords().isEmpty()) checkpoint(input.getCheckpointer());
    }

    @Override
    public void shutdown(ShutdownInput input) {
      if (input.getShutdownReason() != ShutdownReason.TERMINATE) {
        journal.write("lost", shard, input.getShutdownReason().toString());
        return;
      }
      journal.write("end", shard);
      checkpoint(input.getCheckpointer());
    }

    private void checkpoint(IRecordProcessorCheckpointer checkpointer) {
      try {
        checkpointer.checkpoint();
        journal.write("checkpointed", shard);
      } catch (Exception error) {
        journal.write("uncheckpointed", shard, error.toString());
      }
    }
  }
}
