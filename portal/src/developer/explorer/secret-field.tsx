import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';

interface SecretFieldProps {
  readonly label: string;
  readonly description: string;
  readonly value: string;
  readonly fault?: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A field for a secret: hidden as it is typed, and offered to no password manager. */
export function SecretField({ label, description, value, fault, onChange }: SecretFieldProps) {
  return (
    <FormField label={label} description={description} errorText={fault}>
      <Input
        type="password"
        autoComplete="off"
        spellcheck={false}
        value={value}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
