#!/usr/bin/env bash
# Creates movie-load's queues, table and bucket in LocalStack, under their default names. The same is defined in code
# (packages/aws); tests/docker/init.test.ts compares every attribute. An awslocal call takes a second, mostly for
# its start, so the three services are set up concurrently.
set -euo pipefail

queues() {
  awslocal sqs create-queue --queue-name movie-load-dlq.fifo --attributes '{
    "FifoQueue": "true",
    "MessageRetentionPeriod": "1209600",
    "MaximumMessageSize": "1048576",
    "RedriveAllowPolicy": "{\"redrivePermission\":\"byQueue\",\"sourceQueueArns\":[\"arn:aws:sqs:us-east-1:000000000000:movie-load.fifo\"]}"
  }'
  awslocal sqs create-queue --queue-name movie-load.fifo --attributes '{
    "FifoQueue": "true",
    "DeduplicationScope": "messageGroup",
    "FifoThroughputLimit": "perMessageGroupId",
    "ReceiveMessageWaitTimeSeconds": "20",
    "VisibilityTimeout": "60",
    "MessageRetentionPeriod": "1209600",
    "MaximumMessageSize": "1032192",
    "RedrivePolicy": "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:movie-load-dlq.fifo\",\"maxReceiveCount\":10}"
  }'
}

table() {
  awslocal dynamodb create-table --table-name movie-job-information --billing-mode PAY_PER_REQUEST \
    --attribute-definitions AttributeName=job_id,AttributeType=S AttributeName=part,AttributeType=S \
      AttributeName=kind,AttributeType=S AttributeName=started_on,AttributeType=S \
    --key-schema AttributeName=job_id,KeyType=HASH AttributeName=part,KeyType=RANGE \
    --global-secondary-indexes '[{
      "IndexName": "jobs",
      "KeySchema": [
        {"AttributeName": "kind", "KeyType": "HASH"},
        {"AttributeName": "started_on", "KeyType": "RANGE"}
      ],
      "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["status", "plan"]}
    }]'
  awslocal dynamodb update-time-to-live --table-name movie-job-information \
    --time-to-live-specification Enabled=true,AttributeName=expires_at
}

bucket() {
  awslocal s3api create-bucket --bucket movie-bucket
  awslocal s3api put-bucket-lifecycle-configuration --bucket movie-bucket --lifecycle-configuration '{
    "Rules": [{
      "ID": "unfinished-uploads",
      "Status": "Enabled",
      "Filter": {"Prefix": ""},
      "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 15}
    }]
  }'
  awslocal s3api put-public-access-block --bucket movie-bucket --public-access-block-configuration \
    BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
}

# `wait` with a process id ends with that process' exit code; LocalStack then reports this script as ERROR, and the
# health check of docker-compose.yml keeps failing.
queues >/dev/null & queues=$!
table >/dev/null & table=$!
bucket >/dev/null & bucket=$!
wait "$queues"
wait "$table"
wait "$bucket"
