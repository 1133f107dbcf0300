// Merges the profile files (`~/.aws/config`, `~/.aws/credentials`) into the settings of the environment. Reads them
// with the SDK's own loader, so that both interpret the same files in the same way.
import { UsageError } from '@movie-load/schema';
import { loadConfig, loadSharedConfigFiles, NODE_REGION_CONFIG_OPTIONS } from '@smithy/core/config';
import { z } from 'zod';
import { isAwsUrl } from './hosts.ts';
import {
  AWS_SERVICES,
  type AwsEnvironment,
  awsEnvironment,
  awsSettingsOf,
  endpointOf,
  type LoadedAwsSettings,
  type Profile,
} from './settings.ts';

/**
 * The settings of an environment and its profile; `resolveBucket` completes them. Throws zod's error for invalid
 * variables, and `UsageError` for an invalid profile, or for FIPS or dual stack together with an AWS endpoint that is
 * given as a URL.
 *
 * @example const settings = await loadAwsSettings(process.env);
 */
export async function loadAwsSettings(env: Readonly<Record<string, string | undefined>>): Promise<LoadedAwsSettings> {
  return loadParsedAwsSettings(awsEnvironment.parse(env));
}

/** The same for an environment that `awsEnvironment` has already parsed. */
export async function loadParsedAwsSettings(parsed: AwsEnvironment): Promise<LoadedAwsSettings> {
  const profile = await readProfile(parsed);
  const settings = awsSettingsOf(parsed, profile);
  checkVariants(settings, parsed, profile);
  const givenRegion = parsed.AWS_REGION ?? parsed.AWS_DEFAULT_REGION ?? profile.region;
  if (settings.endpoint !== undefined || givenRegion !== undefined) return settings;
  const region = await regionOfInstance();
  return region === undefined ? settings : { ...settings, region };
}

/** As in the SDK, `endpoint_url` of the configuration file and `region` of the credentials file take precedence. */
async function readProfile(parsed: AwsEnvironment): Promise<Profile> {
  const { AWS_CONFIG_FILE: configFilepath, AWS_SHARED_CREDENTIALS_FILE: filepath } = parsed;
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    ...(configFilepath === undefined ? {} : { configFilepath }),
    ...(filepath === undefined ? {} : { filepath }),
  });
  const name = parsed.AWS_PROFILE ?? 'default';
  const config = configFile[name] ?? {};
  const credentials = credentialsFile[name] ?? {};
  const merged = { ...credentials, ...config };
  const section = merged.services === undefined ? {} : configFile[`services.${merged.services}`];
  if (section === undefined) {
    throw new UsageError(
      `The profile "${name}" names the section [services ${merged.services}], which its file does not have. Correct \`services\` there.`,
    );
  }
  const urls = AWS_SERVICES.map((service) => [service, checkedUrl(name, section[`${service}.endpoint_url`])] as const);
  return {
    isMissing: configFile[name] === undefined && credentialsFile[name] === undefined,
    region: credentials.region ?? config.region,
    endpoint_url: checkedUrl(name, merged.endpoint_url),
    service_endpoint_urls: Object.fromEntries(urls),
    ignore_configured_endpoint_urls: merged.ignore_configured_endpoint_urls,
    use_fips_endpoint: merged.use_fips_endpoint,
    use_dualstack_endpoint: merged.use_dualstack_endpoint,
    ca_bundle: merged.ca_bundle,
  };
}

/** The same text. Throws `UsageError` when it is not a URL. */
function checkedUrl(profile: string, text: string | undefined): string | undefined {
  if (text === undefined || z.url({ protocol: /^https?$/ }).safeParse(text).success) return text;
  throw new UsageError(`The profile "${profile}" has an endpoint_url that is not an http(s) URL: "${text}".`);
}

/**
 * FIPS and dual stack select another host of AWS. The SDK ignores an unknown value, and refuses an endpoint together
 * with them at the first call ("Invalid Configuration"). An endpoint that is not AWS has no such hosts.
 */
function checkVariants(settings: LoadedAwsSettings, parsed: AwsEnvironment, profile: Profile): void {
  const endpoints = AWS_SERVICES.map((service) => endpointOf(settings, service));
  if (!endpoints.some((endpoint) => endpoint === undefined || isAwsUrl(endpoint))) return;
  const awsUrl = endpoints.find((endpoint) => endpoint !== undefined && isAwsUrl(endpoint));
  const variants = {
    AWS_USE_FIPS_ENDPOINT: parsed.AWS_USE_FIPS_ENDPOINT ?? profile.use_fips_endpoint,
    AWS_USE_DUALSTACK_ENDPOINT: parsed.AWS_USE_DUALSTACK_ENDPOINT ?? profile.use_dualstack_endpoint,
  };
  for (const [name, value = 'false'] of Object.entries(variants)) {
    const setting = `${name} (or ${name.slice('AWS_'.length).toLowerCase()} in the profile)`;
    if (value !== 'true' && value !== 'false')
      throw new UsageError(`${setting} must be true or false, not "${value}".`);
    if (value === 'true' && awsUrl !== undefined) {
      throw new UsageError(
        `${setting} cannot change the host of ${awsUrl}. Give the URL of that variant, or unset one of the two.`,
      );
    }
  }
}

/**
 * The region that the SDK finds on EC2; undefined elsewhere, after a second at most. AWS_EC2_METADATA_DISABLED turns it
 * off.
 */
async function regionOfInstance(): Promise<string | undefined> {
  const noValue = () => undefined;
  const loadRegion = loadConfig<string>({
    environmentVariableSelector: noValue,
    configFileSelector: noValue,
    default: NODE_REGION_CONFIG_OPTIONS.default,
  });
  return loadRegion().catch(noValue);
}
