# R 4.2.2, clubSandwich 0.5.8: Rscript derive.R
# Grunfeld's ten firms, clusters the firms: pooled, and with years.
suppressPackageStartupMessages(library(clubSandwich))
data(Grunfeld, package = "plm")
rows <- function(model, l) {
  found <- coef_test(l, vcov = "CR2", cluster = Grunfeld$firm, test = "Satterthwaite")
  kept <- found[c("value", "capital"), ]
  data.frame(model, regressor = c("value", "capital"), se = format(kept$SE, digits = 15),
             df = format(kept$df_Satt, digits = 15), p = format(kept$p_Satt, digits = 15))
}
out <- rbind(
  rows("pooled", lm(inv ~ value + capital, Grunfeld)),
  rows("years", lm(inv ~ value + capital + factor(year), Grunfeld))
)
write.csv(out, "numbers.csv", row.names = FALSE, quote = FALSE)
