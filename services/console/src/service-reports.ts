// The reports of services, from `GET /report` at their addresses.
import { directFetch } from '@movie-load/aws';
import { type ServiceReport, serviceReportSchema } from '@movie-load/schema';

const TIMEOUT_MS = 1500;

/** A URL below a service's address, which keeps the user, password and query of the address. */
export function urlBelow(serviceUrl: string, path: string): URL {
  const url = new URL(serviceUrl);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
  return url;
}

/** Null when the service does not answer, or answers with something other than a report. */
export async function readReport(serviceUrl: string): Promise<ServiceReport | null> {
  try {
    const response = await directFetch(urlBelow(serviceUrl, '/report'), { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return response.ok ? serviceReportSchema.parse(await response.json()) : null;
  } catch {
    return null;
  }
}
