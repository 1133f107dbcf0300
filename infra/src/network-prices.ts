// Monthly prices of what the choices of the parameter `Network` add. List prices of us-east-1, November 2026, without
// the price of processed data:
// https://aws.amazon.com/vpc/pricing/ and https://aws.amazon.com/privatelink/pricing/

const HOURS_PER_MONTH = 730;
const NAT_GATEWAY_PER_HOUR = 0.045;
const INTERFACE_ENDPOINT_PER_HOUR = 0.01;
const PUBLIC_ADDRESS_PER_HOUR = 0.005;

/** Of a price per hour in dollars, e.g. `$3.65`. */
const perMonth = (hourly: number): string => `$${(hourly * HOURS_PER_MONTH).toFixed(2)}`;

/** The price of the public address of one running task. */
export const PUBLIC_ADDRESS_PER_MONTH = perMonth(PUBLIC_ADDRESS_PER_HOUR);
/** The price of one NAT gateway with its address; each GB costs $0.045 more. */
export const NAT_GATEWAY_PER_MONTH = perMonth(NAT_GATEWAY_PER_HOUR + PUBLIC_ADDRESS_PER_HOUR);
/** The price of `count` interface endpoints, each in `zones` zones; each GB costs $0.01 more. */
export const endpointsPerMonth = (count: number, zones: number): string =>
  perMonth(INTERFACE_ENDPOINT_PER_HOUR * count * zones);
