import type {Shape, ShapeTable} from './shape.ts';

// What the current SDK (@aws-sdk/client-dynamodb 3.1164) knows and the model file does not. Compared member by member:
// operations StartBulkPutItems, DescribeBulkOperation, ListBulkOperations, CancelBulkOperation (and their shapes);
// UpdateTable.DisassociationProtectionEnabled, TableDescription.DisassociationProtectionEnabled;
// ReplicationGroupUpdate.Disassociate; ExportTableToPointInTime.FilterSpecification, ExportDescription.FilterSpecification.
// Multi-attribute keys, vector indexes, warm throughput and SearchVectors are in the model already.

interface DisassociateReplicationGroupMemberAction {
  RegionName: string;
  DisassociationMode: string;
}

interface FilterSpecification {
  FilterExpression?: string;
  ProjectionExpression?: string;
  KeyConditionExpression?: string;
  ExpressionAttributeNames?: {[name: string]: string};
  ExpressionAttributeValues?: import('./attribute-value.ts').Item;
}

declare module './shapes.generated.ts' {
  interface UpdateTableInput {
    DisassociationProtectionEnabled?: boolean;
  }
  interface TableDescription {
    DisassociationProtectionEnabled?: boolean;
  }
  interface ReplicationGroupUpdate {
    Disassociate?: DisassociateReplicationGroupMemberAction;
  }
  interface ExportTableToPointInTimeInput {
    FilterSpecification?: FilterSpecification;
  }
  interface ExportDescription {
    FilterSpecification?: FilterSpecification;
  }
}

const members: Record<string, Record<string, string>> = {
  UpdateTableInput: {DisassociationProtectionEnabled: 'BooleanObject'},
  ReplicationGroupUpdate: {Disassociate: 'DisassociateReplicationGroupMemberAction'},
  ExportTableToPointInTimeInput: {FilterSpecification: 'FilterSpecification'},
};

// The model lets a table that is copied from another region go without them. That does not exist here, and AWS refuses all
// other tables without a key in these words (captured before there were such copies).
const required: Record<string, readonly string[]> = {
  CreateTableInput: ['AttributeDefinitions', 'KeySchema'],
};

const shapes: Record<string, Shape> = {
  DisassociateReplicationGroupMemberAction: {
    type: 'structure',
    members: {RegionName: 'RegionName', DisassociationMode: 'PlainString'},
    required: ['RegionName', 'DisassociationMode'],
  },
  FilterSpecification: {
    type: 'structure',
    members: {
      FilterExpression: 'PlainString',
      ProjectionExpression: 'PlainString',
      KeyConditionExpression: 'PlainString',
      ExpressionAttributeNames: 'ExpressionAttributeNameMap',
      ExpressionAttributeValues: 'ExpressionAttributeValueMap',
    },
  },
  PlainString: {type: 'string'},
  PlainLong: {type: 'long'},
  PlainStringList: {type: 'list', element: 'PlainString'},
  BulkInputS3Configuration: {
    type: 'structure',
    members: {
      S3BucketOwner: 'PlainString',
      S3Bucket: 'PlainString',
      S3KeyPrefix: 'PlainString',
      InputFormat: 'PlainString',
      InputCompressionType: 'PlainString',
    },
    required: ['S3Bucket', 'InputFormat'],
  },
  BulkOutputS3Configuration: {
    type: 'structure',
    members: {
      S3BucketOwner: 'PlainString',
      S3Bucket: 'PlainString',
      S3KeyPrefix: 'PlainString',
      S3SseAlgorithm: 'PlainString',
      S3SseKmsKeyId: 'PlainString',
      OutputType: 'PlainStringList',
    },
    required: ['OutputType'],
  },
  StartBulkPutItemsInput: {
    type: 'structure',
    members: {
      ClientToken: 'PlainString',
      InputS3Configuration: 'BulkInputS3Configuration',
      OutputS3Configuration: 'BulkOutputS3Configuration',
      TableName: 'TableArn',
      MaxWriteRequestUnits: 'PlainLong',
      PerformanceTier: 'PlainString',
    },
    required: ['InputS3Configuration', 'OutputS3Configuration', 'TableName'],
  },
  BulkOperationArnInput: {
    type: 'structure',
    members: {BulkOperationArn: 'PlainString'},
    required: ['BulkOperationArn'],
  },
  ListBulkOperationsInput: {
    type: 'structure',
    members: {MaxResults: 'PlainLong', NextToken: 'PlainString'},
  },
};

const operations: Record<string, string> = {
  CancelBulkOperation: 'BulkOperationArnInput',
  DescribeBulkOperation: 'BulkOperationArnInput',
  ListBulkOperations: 'ListBulkOperationsInput',
  StartBulkPutItems: 'StartBulkPutItemsInput',
};

/** The model's table with what the SDK has beyond it. */
export function withAdditions(table: ShapeTable): ShapeTable {
  const merged: ShapeTable = {
    operations: {...table.operations, ...operations},
    shapes: {...table.shapes, ...shapes},
  };
  for (const [name, added] of Object.entries(members)) {
    const shape = merged.shapes[name];
    if (shape?.type === 'structure') {
      merged.shapes[name] = {...shape, members: {...shape.members, ...added}};
    }
  }
  for (const [name, added] of Object.entries(required)) {
    const shape = merged.shapes[name];
    if (shape?.type === 'structure') {
      merged.shapes[name] = {...shape, required: [...(shape.required ?? []), ...added]};
    }
  }
  return merged;
}
