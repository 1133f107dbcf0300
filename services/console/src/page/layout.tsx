// The layout of views: the view with its heading, its sections, and the details of a selected item.
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header, { type HeaderProps } from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect, useRef } from 'react';

export interface HeadingProps extends Pick<HeaderProps, 'description' | 'actions' | 'counter'> {
  readonly title: string;
}

export const Heading = ({ title, variant = 'h2', ...heading }: HeadingProps & Pick<HeaderProps, 'variant'>) => (
  <Header variant={variant} {...heading}>
    {title}
  </Header>
);

interface ViewLayoutProps extends HeadingProps {
  readonly breadcrumbs?: ReactNode;
  readonly children: ReactNode;
}

export const ViewLayout = ({ breadcrumbs, children, ...heading }: ViewLayoutProps) => (
  <ContentLayout breadcrumbs={breadcrumbs} header={<Heading variant="h1" {...heading} />}>
    {children}
  </ContentLayout>
);

interface SectionProps extends HeadingProps {
  readonly gap?: 'xs' | 's' | 'm';
  readonly children: ReactNode;
}

export const Section = ({ gap = 'm', children, ...heading }: SectionProps) => (
  <Container header={<Heading {...heading} />}>
    <SpaceBetween size={gap}>{children}</SpaceBetween>
  </Container>
);

/** A fact or a list under its own small heading. */
export const Labelled = ({ label, children }: { label: ReactNode; children: ReactNode }) => (
  <div>
    <Box variant="awsui-key-label">{label}</Box>
    {children}
  </div>
);

interface DetailsProps {
  readonly title: string;
  readonly testId: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Details of the selected item, which get the focus when they open. */
export function Details({ title, testId, onClose, children }: DetailsProps) {
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => top.current?.focus(), []);
  const close = <Button iconName="close" variant="icon" ariaLabel="Close" onClick={onClose} />;
  return (
    <div ref={top} tabIndex={-1} data-testid={testId}>
      <Section title={title} actions={close}>
        {children}
      </Section>
    </div>
  );
}
