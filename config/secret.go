package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
)

// IMAPPassword reads the mailbox's password. The error names the key and says how to mend it, never the password.
func (c *Config) IMAPPassword() (string, error) {
	return c.secret("imap.password_file", c.IMAP.PasswordFile)
}

// SMTPPassword reads the password for sending; "" when no username is configured.
func (c *Config) SMTPPassword() (string, error) {
	if c.SMTP.Username == "" {
		return "", nil
	}
	return c.secret("smtp.password_file", c.SMTP.PasswordFile)
}

// secret reads a systemd credential of the file's base name when there is one, else the file. It is read each time, so
// that a new 授权码 needs no restart.
func (c *Config) secret(key, path string) (string, error) {
	data, err := os.ReadFile(path)
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		if credential, credErr := os.ReadFile(filepath.Join(dir, filepath.Base(path))); credErr == nil {
			data, err = credential, nil
		}
	}
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", c.Fault(key, "密码文件 "+path+" 不存在。", "请新建此文件，写入密码（授权码）一行，权限设为 0600。")
	case errors.Is(err, os.ErrPermission):
		return "", c.Fault(key, "没有读取密码文件 "+path+" 的权限。", "请把文件的属主改为运行 baosong 的用户，权限设为 0600。")
	case err != nil:
		return "", c.Fault(key, "密码文件 "+path+" 读不出来。", "请检查它是不是一个普通文件。")
	}
	password := bytes.TrimRight(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), "\r\n")
	switch {
	case len(password) == 0:
		return "", c.Fault(key, "密码文件 "+path+" 是空的。", "请写入密码（授权码）一行。")
	case bytes.ContainsAny(password, "\r\n\x00"):
		return "", c.Fault(key, "密码文件 "+path+" 不止一行。", "文件里只写密码（授权码）一行，不写别的。")
	}
	return string(password), nil
}
