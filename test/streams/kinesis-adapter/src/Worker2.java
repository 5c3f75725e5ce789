import com.amazonaws.services.dynamodbv2.streamsadapter.AmazonDynamoDBStreamsAdapterClient;
import com.amazonaws.services.dynamodbv2.streamsadapter.StreamsSchedulerFactory;
import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsClientRecord;
import com.amazonaws.services.dynamodbv2.streamsadapter.model.DynamoDBStreamsProcessRecordsInput;
import com.amazonaws.services.dynamodbv2.streamsadapter.polling.DynamoDBStreamsPollingConfig;
import com.amazonaws.services.dynamodbv2.streamsadapter.processor.DynamoDBStreamsShardRecordProcessor;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;

/** A worker of version 2 of the adapter: ENDPOINT STREAM-ARN APPLICATION WORKER JOURNAL. */
public final class Worker2 {
  public static void main(String[] args) throws Exception {
    String streamArn = args[1];
    Journal journal = new Journal(args[4], args[3]);
    Journal.endWithInput();
    var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    var endpoint = URI.create(args[0]);
    var region = Region.US_EAST_1;
    var overrides = ClientOverrideConfiguration.builder().addExecutionInterceptor(new ExecutionInterceptor() {
      @Override
      public void onExecutionFailure(Context.FailedExecution failed, ExecutionAttributes attributes) {
        Throwable error = failed.exception();
        while (!(error instanceof AwsServiceException) && error.getCause() != null) error = error.getCause();
        boolean answered = error instanceof AwsServiceException;
        String code = answered ? ((AwsServiceException) error).awsErrorDetails().errorCode() : error.toString();
        journal.write("refused", attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME), code,
            error.getMessage());
      }
    }).build();
    var leases = DynamoDbAsyncClient.builder().endpointOverride(endpoint).region(region)
        .credentialsProvider(credentials).overrideConfiguration(overrides).build();
    var metrics = CloudWatchAsyncClient.builder().endpointOverride(endpoint).region(region)
        .credentialsProvider(credentials).build();
    var streams = new AmazonDynamoDBStreamsAdapterClient(DynamoDbStreamsClient.builder().endpointOverride(endpoint)
        .region(region).credentialsProvider(credentials).overrideConfiguration(overrides).build(), region);
    var tracker = StreamsSchedulerFactory.createSingleStreamTracker(streamArn,
        InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON));
    var configs = new ConfigsBuilder(tracker, args[2], streams, leases, metrics, args[3], () -> new Processor(journal));
    // Made for minutes and hours; a test has seconds.
    var leasing = configs.leaseManagementConfig()
        .billingMode(BillingMode.PAY_PER_REQUEST)
        .failoverTimeMillis(3_000)
        .leaseAssignmentIntervalMillis(1_000L)
        .shardSyncIntervalMillis(1_000)
        .leasesRecoveryAuditorExecutionFrequencyMillis(1_000);
    var polling = new DynamoDBStreamsPollingConfig(streamArn, streams).idleTimeBetweenReadsInMillis(100);
    polling.maxRecords(50);
    var coordinating = configs.coordinatorConfig().parentShardPollIntervalMillis(200);
    coordinating.shardConsumerDispatchPollIntervalMillis(100);
    StreamsSchedulerFactory.createScheduler(configs.checkpointConfig(), coordinating, leasing,
        configs.lifecycleConfig(), configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
        configs.processorConfig(), configs.retrievalConfig().retrievalSpecificConfig(polling), streams).run();
  }

  private static final class Processor implements DynamoDBStreamsShardRecordProcessor {
    private final Journal journal;
    private String shard;

    Processor(Journal journal) {
      this.journal = journal;
    }

    @Override
    public void initialize(InitializationInput input) {
      shard = input.shardId();
      journal.write("start", shard, input.extendedSequenceNumber().sequenceNumber());
    }

    @Override
    public void processRecords(DynamoDBStreamsProcessRecordsInput input) {
      for (DynamoDBStreamsClientRecord record : input.records()) {
        var change = record.getRecord();
        var image = change.dynamodb().newImage();
        journal.write("record", shard, change.dynamodb().sequenceNumber(), change.eventNameAsString(),
            image.get("p").s(), image.get("n").n());
      }
      if (!input.records().isEmpty()) checkpoint(input.checkpointer());
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
      journal.write("lost", shard);
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
      journal.write("end", shard);
      checkpoint(input.checkpointer());
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
      // Another worker is to have this shard: `leaseLost` follows.
      journal.write("handover", shard);
      checkpoint(input.checkpointer());
    }

    private void checkpoint(RecordProcessorCheckpointer checkpointer) {
      try {
        checkpointer.checkpoint();
        journal.write("checkpointed", shard);
      } catch (Exception error) {
        journal.write("uncheckpointed", shard, error.toString());
      }
    }
  }
}
