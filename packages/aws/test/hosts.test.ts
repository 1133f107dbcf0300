// Real credentials are sent to AWS only: which hosts are AWS's, and which only resemble them.
import { expect, test } from '@jest/globals';
import { AWS_SUFFIXES, isAwsUrl } from '../src/index.ts';

test.each([...AWS_SUFFIXES])('isAwsUrl accepts hosts below %s in any spelling', (suffix) => {
  const host = `sqs.some-region.${suffix}`;
  for (const url of [
    `https://${host}`,
    `http://${host}:8443/123456789012/q.fifo?a=b`,
    `https://${host.toUpperCase()}.`,
    `https://${suffix}`,
  ]) {
    expect([url, isAwsUrl(url)]).toEqual([url, true]);
  }
});

test.each([...AWS_SUFFIXES])('isAwsUrl refuses %s as a part of another name', (suffix) => {
  for (const host of [
    `${suffix}.example.org`,
    `my${suffix}`,
    `my-${suffix}`,
    `sqs-${suffix}`,
    `example.org/${suffix}`,
  ]) {
    expect([host, isAwsUrl(`https://${host}`)]).toEqual([host, false]);
  }
});

test.each([
  'ec2-203-0-113-25.eu-west-1.compute.amazonaws.com',
  'ec2-203-0-113-25.compute-1.amazonaws.com',
  'ec2-203-0-113-25.cn-north-1.compute.amazonaws.com.cn',
  'emulator-123.eu-west-1.elb.amazonaws.com',
  'abc.execute-api.eu-west-1.amazonaws.com',
  'execute-api.eu-west-1.amazonaws.com',
  'a1234567890abcdef.awsglobalaccelerator.amazonaws.com',
])('isAwsUrl refuses %s, the server of a customer', (host) => {
  expect(isAwsUrl(`https://${host}`)).toBe(false);
});

test.each([
  'compute-optimizer.eu-west-1.amazonaws.com',
  'elb-like.eu-west-1.amazonaws.com',
  'my-elb.s3.eu-west-1.amazonaws.com',
  'compute-one.s3.eu-west-1.amazonaws.com',
])('isAwsUrl accepts %s, which only resembles a customer’s server', (host) => {
  expect(isAwsUrl(`https://${host}`)).toBe(true);
});
