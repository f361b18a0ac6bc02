package monitor

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	config_util "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/storage/remote"
)

// startRemote sends every sample, also those that rules record, on to the configured receivers. It
// reads them from the database's log, so a receiver that is away for a while gets them later.
func (m *Monitor) startRemote(logger *slog.Logger) error {
	if len(m.cfg.RemoteWrite) == 0 {
		return nil
	}
	to := remote.NewStorage(logger, nil, m.db.StartTime, m.cfg.Dir, m.cfg.FlushDeadline, nil, false)
	conf := config.DefaultConfig
	for _, w := range m.cfg.RemoteWrite {
		c, err := receiver(w)
		if err != nil {
			return err
		}
		conf.RemoteWriteConfigs = append(conf.RemoteWriteConfigs, c)
	}
	if err := to.ApplyConfig(&conf); err != nil {
		return errors.Join(fmt.Errorf("metrics.remote_write: %w", err), to.Close())
	}
	m.db.SetWriteNotified(to)
	m.write = storage.NewFanout(logger, m.db, to)
	return nil
}

// receiver gives the upstream configuration of one receiver. No proxy of the environment is used
// and no redirect followed: data of municipalities goes to the named address only.
func receiver(w RemoteWrite) (*config.RemoteWriteConfig, error) {
	u, err := url.Parse(w.URL)
	if err != nil {
		return nil, fmt.Errorf("metrics.remote_write.url: %w", err)
	}
	c := config.DefaultRemoteWriteConfig
	c.Name = w.Name
	if c.Name == "" {
		c.Name = u.Host
	}
	c.URL = &config_util.URL{URL: u}
	if w.Timeout > 0 {
		c.RemoteTimeout = model.Duration(w.Timeout)
	}
	c.HTTPClientConfig.FollowRedirects = false
	c.Headers = map[string]string{}
	for name, value := range w.Headers {
		c.Headers[name] = string(value)
	}
	c.QueueConfig.MaxShards = 4 // plenty for one centre; each shard holds a buffer in memory
	c.QueueConfig.BatchSendDeadline = model.Duration(2 * time.Second)
	c.MetadataConfig.Send = false // there are no scrapes to take metadata from
	return &c, nil
}
