// A line for a shell, with a button that copies it.
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';

export const CliLine = ({ line }: { line: string }) => (
  <div className="cli-line">
    <CopyToClipboard
      variant="icon"
      textToCopy={line}
      copyButtonAriaLabel={`Copy: ${line.slice(0, 80)}`}
      copySuccessText="The line is copied."
      copyErrorText="The line could not be copied."
    />
    <code className="clip">{line}</code>
  </div>
);
