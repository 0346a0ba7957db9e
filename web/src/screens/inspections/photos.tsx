// Photos of an inspection. Each is hashed and kept on the device at the moment it is taken; what is
// shown here is read back from there, so a picture that is seen is a picture that is kept.
import { IconCamera, IconPhotoPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from '@/app/toasts';
import { Tag } from '@/parts/tag';
import styles from './inspections.module.css';
import { capture } from './photo';
import type { KeptPhoto, PhotoMark } from './shapes';
import { dock } from './store';

interface Props {
  account: string;
  consignment: string;
  photos: PhotoMark[];
  fault: string | undefined;
  change: (how: (before: PhotoMark[]) => PhotoMark[]) => void;
}

export function Photos({ account, consignment, photos, fault, change }: Props) {
  const { t } = useTranslation('inspections');
  const [busy, setBusy] = useState(false);
  const take = async (files: File[]) => {
    setBusy(true);
    try {
      const store = await dock();
      for (const file of files) {
        const captured = await capture(file, { account, consignment, now: new Date() });
        if ('fault' in captured) {
          toast.note(t(`photo.${captured.fault}`));
          continue;
        }
        const { photo } = captured;
        await store.keepPhoto(photo);
        const mark = { sha256: photo.sha256, taken_at: photo.taken_at };
        change((before) =>
          before.some(({ sha256 }) => sha256 === mark.sha256) ? before : [...before, mark],
        );
      }
    } catch (error) {
      toast.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <fieldset className={styles.fieldset} aria-busy={busy}>
      <legend>{t('photo.title')}</legend>
      {fault && (
        <p className={styles.fault} role="alert">
          {fault}
        </p>
      )}
      <div className={styles.photos}>
        {photos.map(({ sha256 }) => (
          <Thumbnail
            key={sha256}
            sha256={sha256}
            remove={() => change((before) => before.filter((one) => one.sha256 !== sha256))}
          />
        ))}
        <Picker camera said={t('photo.take')} onFiles={(files) => void take(files)} />
        <Picker said={t('photo.choose')} onFiles={(files) => void take(files)} />
      </div>
    </fieldset>
  );
}

interface PickerProps {
  said: string;
  camera?: boolean;
  onFiles: (files: File[]) => void;
}

function Picker({ said, camera = false, onFiles }: PickerProps) {
  const Icon = camera ? IconCamera : IconPhotoPlus;
  const field = useRef<HTMLInputElement>(null);
  return (
    <label className={styles.picker}>
      <Icon size={28} aria-hidden />
      <span>{said}</span>
      <input
        ref={field}
        type="file"
        className="visually-hidden"
        accept="image/*"
        multiple={!camera}
        {...(camera ? { capture: 'environment' as const } : {})}
        onChange={(event) => {
          // The field's own list empties with it, which lets the same picture be chosen again.
          onFiles([...(event.currentTarget.files ?? [])]);
          if (field.current) field.current.value = '';
        }}
      />
    </label>
  );
}

/** The address of a kept photo's bytes while somebody looks at it. */
export function useKeptPhoto(sha256: string): { url: string | null; photo: KeptPhoto | null } {
  const [shown, setShown] = useState<{ url: string; photo: KeptPhoto } | null>(null);
  useEffect(() => {
    let url: string | null = null;
    let over = false;
    void dock()
      .then((store) => store.photo(sha256))
      .then((photo) => {
        if (over || !photo) return;
        url = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
        setShown({ url, photo });
      });
    return () => {
      over = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [sha256]);
  return { url: shown?.url ?? null, photo: shown?.photo ?? null };
}

function Thumbnail({ sha256, remove }: { sha256: string; remove: () => void }) {
  const { t } = useTranslation('inspections');
  const { url, photo } = useKeptPhoto(sha256);
  return (
    <figure className={styles.photo}>
      {url && <img src={url} alt={t('photo.of', { sha256: sha256.slice(0, 8) })} />}
      <figcaption className="code" title={sha256}>
        {sha256.slice(0, 8)}
        {photo?.reduced && <Tag tone="note">{t('photo.reduced')}</Tag>}
      </figcaption>
      <button
        type="button"
        className={styles.square}
        aria-label={t('photo.remove', { sha256: sha256.slice(0, 8) })}
        onClick={remove}
      >
        <IconTrash size={22} aria-hidden />
      </button>
    </figure>
  );
}
