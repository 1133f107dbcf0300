// What services report of themselves: `GET /report`, by their address.
import { directFetch } from '@movie-load/aws';
import { type ServiceReport, serviceReportSchema } from '@movie-load/schema';

const LIMIT_MS = 1500;

/** An address below that of a service, with its password and token. */
export function below(serviceUrl: string, path: string): URL {
  const url = new URL(serviceUrl);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
  return url;
}

/** Null when it does not answer, or says what is not a report. */
export async function readReport(serviceUrl: string): Promise<ServiceReport | null> {
  try {
    const response = await directFetch(below(serviceUrl, '/report'), { signal: AbortSignal.timeout(LIMIT_MS) });
    return response.ok ? serviceReportSchema.parse(await response.json()) : null;
  } catch {
    return null;
  }
}
