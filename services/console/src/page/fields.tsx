// The fields of forms (text, number, choice) and their validation.
import FormField, { type FormFieldProps } from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import type { ReactNode } from 'react';

interface FieldProps<T> extends Pick<FormFieldProps, 'description' | 'constraintText' | 'secondaryControl'> {
  readonly label: string;
  /** False when the value is valid. */
  readonly errorText?: string | false;
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export const TextField = ({ value, onChange, ...field }: FieldProps<string>) => (
  <FormField {...field}>
    <Input value={value} onChange={({ detail }) => onChange(detail.value)} />
  </FormField>
);

/** The text of a number, which may be invalid while it is typed. */
export const NumberField = ({ value, onChange, ...field }: FieldProps<string>) => (
  <FormField {...field}>
    <Input value={value} inputMode="numeric" onChange={({ detail }) => onChange(detail.value)} />
  </FormField>
);

/** Parses a whole number from `min` to `max`; null for any other text. */
export function wholeNumber(text: string, min: number, max: number): number | null {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : null;
}

interface ChoiceFieldProps<T extends string> extends FieldProps<T> {
  readonly options: readonly { readonly value: T; readonly label: string; readonly description?: string }[];
  /** Shown for a value that is not among the options. */
  readonly otherLabel?: string;
  /** For many options: the label of the field that searches them. */
  readonly search?: string;
}

export function ChoiceField<T extends string>(props: ChoiceFieldProps<T>) {
  const { options, value, onChange, otherLabel = '', search, ...field } = props;
  return (
    <FormField {...field}>
      <Select
        selectedOption={options.find((option) => option.value === value) ?? { value, label: otherLabel }}
        options={options}
        {...(search !== undefined && { filteringType: 'auto' as const, filteringAriaLabel: search })}
        onChange={({ detail }) => {
          const next = options.find((option) => option.value === detail.selectedOption.value);
          if (next) onChange(next.value);
        }}
      />
    </FormField>
  );
}

interface PageFormProps {
  readonly className?: string;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

/** A form that the page handles without leaving the view. */
export const PageForm = ({ className, onSubmit, children }: PageFormProps) => (
  <form
    className={className}
    onSubmit={(event) => {
      event.preventDefault();
      onSubmit();
    }}
  >
    {children}
  </form>
);
