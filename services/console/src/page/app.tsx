// The frame around the views: the top bar, the navigation, and the state of the connection to the server.
import Alert from '@cloudscape-design/components/alert';
import AppLayout from '@cloudscape-design/components/app-layout';
import Box from '@cloudscape-design/components/box';
import ErrorBoundary from '@cloudscape-design/components/error-boundary';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en.json';
import SideNavigation, { type SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { type ComponentType, lazy, Suspense, useEffect, useState } from 'react';
import { LabNotice } from './lab/notice.tsx';
import { useLive } from './live.ts';
import { useNarrow } from './narrow.ts';
import { Loading, PageLink } from './parts.tsx';
import { type PlainView, type Route, routeOf } from './route.ts';
import { follow, navigate, usePath } from './router.ts';
import { applyTheme, savedTheme, type Theme, useDark } from './theme.ts';
import { OverviewView } from './views/overview.tsx';

const JobView = lazy(() => import('./views/job.tsx'));
const MoviesView = lazy(() => import('./views/movies.tsx'));
const LearnView = lazy(() => import('./learn/learn.tsx'));

/** The views whose address has no further part. */
const PLAIN_VIEWS: Record<PlainView, ComponentType> = {
  overview: OverviewView,
  jobs: lazy(() => import('./views/jobs.tsx')),
  'dead-letters': lazy(() => import('./views/dead-letters.tsx')),
  'how-it-works': lazy(() => import('./views/flow.tsx')),
  simulation: lazy(() => import('./simulation/simulation.tsx')),
  lab: lazy(() => import('./lab/lab.tsx')),
  'not-found': () => (
    <Box padding="l">
      <h1>There is no such page</h1>
      <PageLink href="/">Go to the overview</PageLink>
    </Box>
  ),
};

const TITLES: Record<Route['view'], string> = {
  overview: 'Overview',
  jobs: 'Jobs',
  job: 'A job',
  movies: 'Movies',
  'dead-letters': 'Dead-letter queue',
  'how-it-works': 'How it works',
  simulation: 'Simulation',
  learn: 'Learn',
  lab: 'Lab',
  'not-found': 'Not found',
};

function View({ route }: { route: Route }) {
  if (route.view === 'job') return <JobView key={route.jobId} jobId={route.jobId} />;
  if (route.view === 'movies') return <MoviesView key={route.jobId} jobId={route.jobId} />;
  if (route.view === 'learn') return <LearnView lesson={route.lesson} />;
  const SimpleView = PLAIN_VIEWS[route.view];
  return <SimpleView />;
}

/** Shows a lost connection to the server, and what the server cannot reach; empty when there are no problems. */
function Notices() {
  const connection = useLive((live) => live.connection);
  const problems = useLive((live) => live.overview?.problems);
  return (
    <SpaceBetween size="xs">
      {connection === 'lost' && (
        <Alert type="warning" header="Not connected">
          The console’s server does not answer. What you see may be old. The page reconnects automatically as soon as
          the server is back (movie-load up, or docker compose up).
        </Alert>
      )}
      <LabNotice />
      {problems?.map((problem) => (
        <Alert key={problem} type="error">
          {problem}
        </Alert>
      ))}
    </SpaceBetween>
  );
}

const THEMES: readonly { readonly id: Theme; readonly text: string }[] = [
  { id: 'system', text: 'As the system' },
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
];

function Top() {
  const dark = useDark();
  return (
    <div id="top">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <TopNavigation
        identity={{ href: '/', title: 'movie-load', onFollow: (event) => go(event, '/') }}
        utilities={[
          {
            type: 'menu-dropdown',
            text: 'Colours',
            ariaLabel: `Colours: ${dark ? 'dark' : 'light'}`,
            items: THEMES.map((theme) => ({ ...theme, disabled: theme.id === savedTheme() })),
            onItemClick: ({ detail }) => applyTheme(THEMES.find(({ id }) => id === detail.id)?.id ?? 'system'),
          },
        ]}
      />
    </div>
  );
}

function go(event: { preventDefault(): void }, path: string): void {
  event.preventDefault();
  navigate(path);
}

function Navigation({ path }: { path: string }) {
  const deadLetters = useLive(({ overview }) => (overview?.dlq ? overview.dlq.waiting + overview.dlq.in_flight : 0));
  const items: SideNavigationProps.Item[] = [
    { type: 'link', text: 'Overview', href: '/' },
    { type: 'link', text: 'Jobs', href: '/jobs' },
    { type: 'link', text: 'Movies', href: '/movies' },
    {
      type: 'link',
      text: deadLetters > 0 ? `Dead-letter queue (${deadLetters})` : 'Dead-letter queue',
      href: '/dead-letters',
    },
    { type: 'divider' },
    { type: 'link', text: 'How it works', href: '/how-it-works' },
    { type: 'link', text: 'Learn', href: '/learn' },
    { type: 'link', text: 'Lab', href: '/lab' },
    { type: 'link', text: 'Simulation', href: '/simulation' },
  ];
  return <SideNavigation activeHref={`/${path.split('/')[1] ?? ''}`} items={items} onFollow={follow} />;
}

export function App() {
  const path = usePath();
  const route = routeOf(path);
  const narrow = useNarrow();
  const [open, setOpen] = useState(!narrow);
  const [loadingWhat, setLoadingWhat] = useState('the page');
  useEffect(() => {
    document.title = `${TITLES[route.view]} · movie-load`;
    setLoadingWhat('the view');
    if (narrow) setOpen(false);
  }, [route.view]);
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <Top />
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationOpen={open}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigation={<Navigation path={path} />}
        notifications={<Notices />}
        ariaLabels={{
          navigation: 'Views',
          navigationToggle: 'Open the list of views',
          navigationClose: 'Close the list of views',
          notifications: 'Notices',
        }}
        content={
          <div id="content" tabIndex={-1}>
            <ErrorBoundary key={path} onError={() => undefined}>
              <Suspense fallback={<Loading what={loadingWhat} />}>
                <View route={route} />
              </Suspense>
            </ErrorBoundary>
          </div>
        }
      />
    </I18nProvider>
  );
}
