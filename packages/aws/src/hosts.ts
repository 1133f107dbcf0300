// Which hosts are AWS's own: real credentials go only there, unless the user allows another endpoint.

/**
 * Suffixes of AWS's endpoints in all partitions, single and dual stack. From the partitions of the SDK's own endpoint
 * rules, which it does not export; a test compares.
 */
export const AWS_SUFFIXES = [
  'amazonaws.com',
  'api.aws',
  'amazonaws.com.cn',
  'api.amazonwebservices.com.cn',
  'amazonaws.eu',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'api.aws.ic.gov',
  'sc2s.sgov.gov',
  'api.aws.scloud',
  'cloud.adc-e.uk',
  'api.cloud-aws.adc-e.uk',
  'csp.hci.ic.gov',
  'api.aws.hci.ic.gov',
] as const;

/** A label in the host names that AWS gives to servers of its customers (EC2, load balancers, APIs). */
const CUSTOMER_SERVER_LABEL = /^(compute(-\d+)?|elb|execute-api|awsglobalaccelerator)$/;

/** `https://sqs.eu-west-1.amazonaws.com` and the like, also with a trailing dot; never a server that a customer runs. */
export function isAwsUrl(url: string): boolean {
  // The URL parser has converted it to lower case.
  const host = new URL(url).hostname.replace(/\.$/, '');
  const suffix = AWS_SUFFIXES.find((candidate) => host === candidate || host.endsWith(`.${candidate}`));
  if (suffix === undefined) return false;
  const labels = host.slice(0, -suffix.length).split('.');
  return !labels.some((label) => CUSTOMER_SERVER_LABEL.test(label));
}
