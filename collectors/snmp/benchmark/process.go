package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// withDevices runs devices in a process of their own while work goes on.
func (s settings) withDevices(ctx context.Context, devices int, latency time.Duration, work func(port int) error) (err error) {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(program, "-server", latency.String(), "-devices", strconv.Itoa(devices))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		if ended := cmd.Wait(); err == nil {
			err = ended
		}
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the devices did not start: %w", err)
	}
	port, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return err
	}
	return work(port)
}

// measure collects in a process of its own and gives what that measured of itself.
func (s settings) measure(ctx context.Context, way string, port, devices int) (result, error) {
	program, err := os.Executable()
	if err != nil {
		return result{}, err
	}
	latency := s.latency
	if devices < s.devices {
		latency = 0
	}
	cmd := exec.CommandContext(ctx, program, "-client", way, "-port", strconv.Itoa(port), "-devices", strconv.Itoa(devices),
		"-latency", latency.String(), "-rate", strconv.Itoa(s.rate), "-profile", s.profile)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return result{}, fmt.Errorf("collector: %w", err)
	}
	var r result
	return r, json.Unmarshal(out, &r)
}
