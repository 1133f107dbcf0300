// The job's item, as the table has it.
import { type AwsClients, type AwsSettings, openTable } from '@movie-load/aws';
import { type JobItem, jobItemSchema, jobKey } from '@movie-load/schema';

/** Undefined when nothing of the job was stored yet. */
export async function readJob(
  { clients, settings }: { readonly clients: AwsClients; readonly settings: AwsSettings },
  jobId: string,
): Promise<JobItem | undefined> {
  const item = await openTable(clients, settings.table).get(jobKey(jobId));
  return item === undefined ? undefined : jobItemSchema.parse(item);
}
