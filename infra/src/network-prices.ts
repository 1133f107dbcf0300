// The prices of the network's options. List prices of us-east-1, November 2026; without the price of processed data:
// https://aws.amazon.com/vpc/pricing/ and https://aws.amazon.com/privatelink/pricing/

const HOURS_A_MONTH = 730;
const NAT_GATEWAY_HOUR = 0.045;
const INTERFACE_ENDPOINT_HOUR = 0.01;
const PUBLIC_ADDRESS_HOUR = 0.005;

const dollars = (hour: number): string => `$${(hour * HOURS_A_MONTH).toFixed(2)}`;

/** The price for each running task. */
export const PUBLIC_ADDRESS_MONTH = dollars(PUBLIC_ADDRESS_HOUR);
/** The price of one gateway with its address; each GB costs $0.045 more. */
export const NAT_MONTH = dollars(NAT_GATEWAY_HOUR + PUBLIC_ADDRESS_HOUR);
/** The price of `count` interface endpoints, each in `zones` zones; each GB costs $0.01 more. */
export const endpointsMonth = (count: number, zones: number): string =>
  dollars(INTERFACE_ENDPOINT_HOUR * count * zones);
